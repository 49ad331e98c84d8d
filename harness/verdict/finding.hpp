#pragma once
// Verdicts are values with evidence: a finding says what was judged, how, from which frames.

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict {

/// Ordered by how much it weighs in a summary, worst last.
enum class Verdict : std::uint8_t { not_applicable, info, pass, warn, inconclusive, fail };

std::string_view to_string(Verdict verdict);

/// The requirement was broken.
constexpr bool is_violation(Verdict verdict) {
  return verdict == Verdict::fail || verdict == Verdict::warn;
}

/// It was exercised, and known to be kept or broken.
constexpr bool is_settled(Verdict verdict) {
  return is_violation(verdict) || verdict == Verdict::pass;
}

/// Of several occasions the one that tells most is greatest: an inconclusive one beside one that
/// shows a violation takes nothing from what that one shows.
constexpr std::pair<bool, Verdict> weight_beside_others(Verdict verdict) {
  return {is_violation(verdict), verdict};
}

/// Whose doing an inconclusive is.
enum class Blame : std::uint8_t { device, harness, host, network, user };

std::string_view to_string(Blame blame);

/// What a measured interval had to lie in; an open end excludes its bound.
struct Window {
  std::optional<Duration> min{};
  std::optional<Duration> max{};
  bool min_open = false;
  bool max_open = false;
};

struct Tolerance {
  Duration value{};
  std::string source;  ///< "profile reference: fo_grace"
};

/// An interval that was measured.
struct Measured {
  Duration interval{};
  Window window{};
  std::optional<Duration> margin{};  ///< to the nearest end of the window; negative outside
  std::optional<Tolerance> tolerance{};
};

inline std::shared_ptr<const Measured> shared(Measured measured) {
  return std::make_shared<const Measured>(std::move(measured));
}

struct Scope {
  std::string_view server;  ///< one of servers_in_scope, or empty
  std::string call_id;      ///< or empty
};
inline constexpr std::array<std::string_view, 2> servers_in_scope{"primary", "secondary"};

/// One judged occurrence. A capture of one phone may have a hundred thousand of them.
struct Instance {
  Verdict verdict = Verdict::pass;
  std::optional<Blame> blame{};
  std::string message{};
  std::optional<std::string> reason{};         ///< why inconclusive or not applicable
  std::shared_ptr<const Measured> measured{};  ///< null: nothing was measured
  Scope scope{};
  std::vector<std::uint32_t> frames{};  ///< 1-based, as Wireshark counts
  std::optional<Duration> margin() const { return measured ? measured->margin : std::nullopt; }
};

/// The instances of a finding. Copies share them until one is edited: of many phones most findings
/// say the same ("not exercised: …").
class Instances {
 public:
  Instances() = default;
  Instances(std::vector<Instance> instances)  // NOLINT(google-explicit-constructor)
      : shared_(std::make_shared<std::vector<Instance>>(std::move(instances))) {}
  Instances(std::initializer_list<Instance> instances)
      : Instances(std::vector<Instance>(instances)) {}

  /// These, which must outlive whoever has them so: nobody counts who does.
  Instances lent() const {
    Instances lent;
    lent.shared_ = {std::shared_ptr<void>(), shared_.get()};
    return lent;
  }

  std::size_t size() const { return all().size(); }
  /// How many there were: more than size() where only the worst are kept.
  std::size_t total() const { return std::max(total_, size()); }
  /// Keeps the first `count` and the number of all.
  void keep_first(std::size_t count);
  /// There were so many, of which these were kept.
  void set_total(std::size_t total) { total_ = total; }
  bool empty() const { return all().empty(); }
  const Instance& front() const { return all().front(); }
  const Instance& operator[](std::size_t index) const { return all()[index]; }
  auto begin() const { return all().begin(); }
  auto end() const { return all().end(); }
  std::vector<Instance>& edit() {
    shared_ = std::make_shared<std::vector<Instance>>(all());
    return *shared_;
  }

 private:
  const std::vector<Instance>& all() const { return shared_ ? *shared_ : none_; }

  inline static const std::vector<Instance> none_;
  std::shared_ptr<std::vector<Instance>> shared_;
  std::size_t total_ = 0;
};

/// policy: so many devices are listed one by one; more of them are a fleet.
inline constexpr std::size_t most_listed_devices = 200;
/// policy: how many of its instances a finding keeps where so many devices are judged.
constexpr std::size_t instances_kept(std::size_t devices) {
  constexpr std::size_t a_few = 8;
  if (devices <= a_few) return static_cast<std::size_t>(-1);
  return devices <= most_listed_devices ? 3 : 1;
}

/// One per requirement and device: the worst instance leads.
struct Finding {
  const Requirement* requirement = nullptr;
  std::string device;
  Instances instances;  ///< at least one; worst first, else in time order
  /// The requirement whose finding this one only repeats; empty: none.
  std::string_view follows_from{};
  const Instance& worst() const { return instances.front(); }
  Verdict verdict() const { return worst().verdict; }
};

}  // namespace sipharness::verdict
