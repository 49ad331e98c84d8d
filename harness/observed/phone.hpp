#pragma once
// One phone as a capture shows it: its messages and what befell its connections, the profile and
// the scenario it is judged by, and every fact that is derived from them (requirements §0.4).
//  1. Message indices are positions in `messages`, which hold only what this phone sent or was
//     sent, in capture order.
//  2. A fact is found on first use and kept: transactions(phone), attempts(phone), calls(phone) and
//     the other functions of this folder that return references.
//  3. A phone is used by one thread. What phones share (trace, journal facts) does not change.

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <memory_resource>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

#include "harness/observed/journal_facts.hpp"
#include "harness/scenario/profile.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::observed {

using trace::Direction;
using trace::Message;
using trace::ServerRole;
using trace::StreamMark;
using trace::Trace;
using trace::TransportFailure;

inline constexpr std::array both_servers{ServerRole::primary, ServerRole::secondary};

class Phone {
 public:
  /// All references must outlive the phone. `scenario` is null for a foreign capture. Where the
  /// profile does not know the device's timers, T1 is read off its retransmissions.
  Phone(const Trace& trace, const JournalFacts& journal, const scenario::Profile& profile,
        const scenario::Scenario* scenario, std::size_t device);
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;

  const Trace& trace;
  const JournalFacts& journal;
  scenario::Profile profile;
  bool knows_t1 = true;  ///< by the profile or by its retransmissions; if not, T1 is the RFC's
  const scenario::Scenario* scenario;
  std::size_t device;  ///< index into Trace::devices

  std::vector<Message> messages;
  std::vector<trace::Malformed> malformed;
  std::vector<TransportFailure> transport_failures;  ///< that told this phone
  std::vector<StreamMark> stream_marks;

  const Message& message(std::size_t index) const { return messages[index]; }
  CaptureTime at(std::size_t index) const { return messages[index].at; }
  /// Its name in findings.
  std::string_view name() const;
  /// Whether a journal entry that names a device is about this one: its name, or none that the
  /// trace knows.
  bool is_about(std::string_view named) const;
  bool expects(std::string_view requirement) const {
    return scenario != nullptr && scenario->expects(requirement);
  }

  /// What `find` makes of this phone, found once.
  template <auto find>
  const auto& derived() const {
    using Fact = std::decay_t<decltype(find(*this))>;
    static const std::size_t slot = slots_++;
    if (slot >= facts_.size()) facts_.resize(slots_);
    if (!facts_[slot]) {
      // Finding it may find others first.
      Kept fact(new (memory_.allocate(sizeof(Fact), alignof(Fact))) Fact(find(*this)),
                {[](const void* it) { std::destroy_at(static_cast<const Fact*>(it)); }});
      facts_[slot] = std::move(fact);
    }
    return *static_cast<const Fact*>(facts_[slot].get());
  }

 private:
  /// Ends a fact of any kind: one type for all, where a shared_ptr is compiled for each.
  struct Forget {
    void (*forget)(const void*) = nullptr;
    void operator()(const void* fact) const { forget(fact); }
  };
  using Kept = std::unique_ptr<const void, Forget>;

  inline static std::atomic<std::size_t> slots_ = 0;  ///< facts that any phone was asked for

  /// Facts lie in the phone: most are empty lists, of many phones too many for the heap.
  mutable std::array<std::byte, 4096> room_;
  mutable std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
  mutable std::deque<Kept> facts_;  ///< pieces so small that the heap has them at hand
};

/// fo_invite_max: 64·T1 + fo_grace.
inline Duration failover_limit(const Phone& phone) {
  return phone.profile.timers.sixty_four_t1() + phone.profile.tolerances.fo_grace;
}

/// What came to the phone and what it sent is in the capture; elsewhere some of it may have been
/// lost on the way.
inline bool is_captured_at_device(const Phone& phone) {
  return phone.trace.vantage == trace::Vantage::device;
}

/// See outages.hpp.
bool is_out(const Phone& phone, ServerRole server, CaptureTime at);

}  // namespace sipharness::observed
