#pragma once
// The rules of one server: which of them a request meets, and whether the server is at the moment
// cut off as a whole. It decides; the server carries out.
//  1. The first matching rule wins; null means a healthy server.
//  2. A rule that goes by number counts the new requests that it would match, also those an earlier
//  rule won;
//     a retransmission keeps the number of the request it repeats.
//  3. A probability is drawn for every datagram, from the stream given, and only when everything
//     else matched.
//  4. A rule without method, count, dialog, event or chance that nothing of another kind precedes
//     is a blanket: Drop then means an unplugged machine, Mute a one-way path.

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "fake_servers/recent_map.hpp"
#include "harness/base/rng.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sip/message.hpp"

namespace fake_servers {

using sipharness::scenario::Rule;

/// The same for a request, its retransmissions and its responses; different for everything else.
std::uint64_t transaction_key(const sipharness::sip::MessageView& message);
/// The key of the INVITE that a CANCEL means.
std::uint64_t cancelled_key(const sipharness::sip::MessageView& cancel);

class Behaviour {
 public:
  Behaviour(const sipharness::scenario::Server& server, const sipharness::Rng& rng);

  void enter_phase(std::string phase);

  /// The rule that a request meets at scenario time `at`; stays valid as long as this.
  const Rule* decide(const sipharness::sip::MessageView& request, sipharness::Duration at);

  /// Whether the phase and the time window of `rule` are on.
  bool is_active(const Rule& rule, sipharness::Duration at) const;

  /// The blanket Drop or Mute of the moment, null if there is none.
  const Rule* silencer(sipharness::Duration at) const;
  const Rule* muter(sipharness::Duration at) const;

  /// Every scenario time at which a time window opens or closes.
  std::vector<sipharness::Duration> window_edges() const;
  /// Rules that met no request although their phase came.
  std::vector<const Rule*> unmatched_rules() const;

 private:
  struct Tally {
    std::uint32_t requests = 0;  ///< new ones that met every key but count and chance
    bool matched = false;
  };
  using Ordinals = std::vector<std::uint32_t>;  ///< by rule; zero: not counted yet

  template <class Verb>
  const Rule* blanket(sipharness::Duration at) const;
  /// The number of a request among those that this rule counts.
  std::uint32_t ordinal_at(std::size_t rule, const sipharness::sip::MessageView& request);
  bool has_chance(const Rule& rule);

  std::vector<Rule> rules_;
  std::vector<Tally> tallies_;
  std::string phase_;
  std::set<std::string, std::less<>> entered_{std::string()};
  sipharness::Rng rng_;
  RecentMap<std::uint64_t, Ordinals> seen_;
};

}  // namespace fake_servers
