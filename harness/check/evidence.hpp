#pragma once
// Small questions that several checks ask of a context, each answered once, and the tally that
// turns "every request of the device" into one passing instance or one instance a violation.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/check/judge.hpp"

namespace sipharness::check {

trace::ServerRole other(trace::ServerRole server);

/// Both servers of the account are known (a foreign capture may show only one).
bool has_both_servers(const Context& context);

/// The first sign that `server` did not behave as a healthy one: an outage, an ignored, withheld or
/// delayed message, bindings forgotten, a REGISTER refused (a challenge is no refusal), or, without
/// a journal, a request unanswered or a transport failure.
std::optional<CaptureTime> first_fault(const Context& context, trace::ServerRole server);
/// The same, from `from` on; an outage that lasts at `from` counts as from then.
std::optional<CaptureTime> next_fault(const Context& context, trace::ServerRole server,
                                      CaptureTime from);

/// The first boot, restart or shutdown after `from`, or the first REGISTER of a restart under way;
/// the end of the trace if none. Without a journal the device's own un-REGISTER says that it goes
/// down.
CaptureTime next_power_change(const Context& context, CaptureTime from);

/// The device was shut down before `at` and has not been booted since.
bool is_switched_off(const Context& context, CaptureTime at);

/// When a journalled device action of this verb first happened after `from`.
std::optional<CaptureTime> next_action(const Context& context, std::string_view verb,
                                       CaptureTime from);

/// What was sent from there is this device's; all of it where there is only one.
bool is_from_this_device(const Context& context, const Endpoint& source);

/// The ICMP error or RST was meant for the device (a stream's own port is not known beforehand).
bool was_told(const Context& context, const trace::TransportFailure& failure);

/// The ICMP error or RST that told the device, in [from, until], that `server` is not there.
std::optional<CaptureTime> transport_failure(const Context& context, trace::ServerRole server,
                                             CaptureTime from, CaptureTime until);

/// How long a response asks to be left alone; nothing if it does not. @source RFC 3261 §20.33
std::optional<std::chrono::seconds> retry_after(const sip::MessageView& response);

/// When the first INVITE of a leg left: before a challenge, where i0 is after it.
CaptureTime reached_at(const Context& context, const trace::Leg& leg);

/// The user's call that an INVITE belongs to; null for any other transaction.
const trace::CallGroup* call_of(const Context& context, const trace::Transaction& invite);

/// First response of a leg, provisional or final.
std::optional<std::size_t> first_response(const Context& context, const trace::Leg& leg);

/// The messages that open a leg: first transmission of each.
Evidence evidence_of(const Context& context, const trace::Leg& leg);
Evidence evidence_of(const Context& context, const trace::RegisterAttempt& attempt);
Evidence evidence_of(const Context& context, const trace::Transaction& transaction);

/// The user gave up the call before `at`.
bool hung_up_before(const trace::CallGroup& call, CaptureTime at);

/// Asks `question` of every request of the device; an answer is a violation, one instance each.
/// What is fine is counted and passed once: "`fine`: n requests".
class RequestTally {
 public:
  using Question = std::function<std::optional<std::string>(const trace::Message&)>;
  RequestTally(const Context& context, Judge& judge) : context_(context), judge_(judge) {}
  /// `method` unknown means every method.
  void ask(sip::Method method, std::string_view fine, const Question& question);

 private:
  const Context& context_;
  Judge& judge_;
};

}  // namespace sipharness::check
