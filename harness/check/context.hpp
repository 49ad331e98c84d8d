#pragma once
// What every check sees: one device's view of a trace, with everything that requirements §0.4
// derives from it computed once, and the profile and scenario it is held against.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/scenario/scenario.hpp"
#include "harness/trace/call.hpp"
#include "harness/trace/outage.hpp"
#include "harness/trace/registration.hpp"
#include "harness/trace/trace.hpp"
#include "harness/trace/transaction.hpp"

namespace sipharness::check {

/// Something the run told the device to do.
struct Order {
  CaptureTime at;
  const journal::Action* action = nullptr;
};

class Context {
 public:
  /// `trace`, `profile` and `scenario` must outlive the context. `scenario` is null for a foreign
  /// capture. Vectors below hold only what concerns `device`.
  Context(const trace::Trace& trace, const scenario::Profile& profile,
          const scenario::Scenario* scenario, std::size_t device);

  const trace::Trace& trace;
  const scenario::Profile& profile;
  const scenario::Scenario* scenario;
  std::size_t device;

  std::vector<trace::Transaction> transactions;
  std::vector<trace::RegisterAttempt> attempts;
  std::vector<trace::Binding> bindings;
  std::vector<trace::CallGroup> calls;
  std::vector<trace::ConfirmedDialog> dialogs;
  std::vector<trace::Outage> outages;
  std::vector<Order> orders;  ///< in time order; none without a journal

  const trace::Message& message(std::size_t index) const { return trace.messages[index]; }
  CaptureTime at(std::size_t index) const { return message(index).at; }
  /// The request that began a transaction.
  const trace::Message& opening(const trace::Transaction& transaction) const {
    return message(transaction.sends.front());
  }
  /// Whether a journal entry that names a device is about this one: its name, or none that the
  /// trace knows.
  bool is_about(std::string_view named) const {
    const std::size_t found = trace.device_named(named);
    return found == device || found >= trace.devices.size();
  }
  bool expects(std::string_view requirement) const {
    return scenario != nullptr && scenario->expects(requirement);
  }
  bool known_down(trace::ServerRole server, CaptureTime at) const {
    return trace::known_down(attempts, server, device, at);
  }
  bool registered(trace::ServerRole server, CaptureTime at) const {
    return trace::registered(bindings, server, device, at);
  }
  bool is_out(trace::ServerRole server, CaptureTime at) const {
    return trace::is_out(outages, server, at);
  }
  /// The first order for this device that did not get to it; a first boot is none: who was only met
  /// was not ordered to be there. Null if there is none.
  const trace::LostOrder* lost_order() const;
  /// The capture begins before the device was started: nobody knows that of a foreign capture, nor
  /// of a device that was only met.
  bool is_seen_from_its_boot() const;
  /// Attempts at one server, in time order.
  std::vector<const trace::RegisterAttempt*> attempts_at(trace::ServerRole server) const;
  /// fo_invite_max: 64·T1 + fo_grace.
  Duration failover_limit() const {
    return profile.timers.sixty_four_t1() + profile.tolerances.fo_grace;
  }
};

}  // namespace sipharness::check
