#pragma once
// The two servers of an account, and when they did not behave as healthy ones towards a phone.

#include <optional>
#include <string>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

ServerRole other(ServerRole server);
/// What is asked of each of them, for `each`: the primary, the secondary.
inline const std::array<ServerRole, 2>& two_servers(const Phone& /*phone*/) {
  return both_servers;
}

/// Both servers of the account are known (a foreign capture may show only one).
bool has_both_servers(const Phone& phone);
/// Of a foreign capture that shows one server: why nothing can be said of two; else empty.
const std::string& lone_server(const Phone& phone);

/// The first sign to the phone that `server` did not behave as a healthy one: an outage that
/// lasts or into which it sent something, an ignored, withheld or delayed message, a REGISTER
/// refused (a challenge is no refusal) or never answered by more than a 1xx, or, without a journal,
/// a request unanswered or a transport failure other than an idle reset (idle_resets.hpp).
std::optional<CaptureTime> first_fault(const Phone& phone, ServerRole server);
/// The same, from `from` on; an outage that lasts at `from` counts as from then.
std::optional<CaptureTime> next_fault(const Phone& phone, ServerRole server, CaptureTime from);

/// The first sign in [from, until) that `server` may have been out until then: a fault, or an idle
/// reset after which it was not heard.
std::optional<CaptureTime> possible_outage(const Phone& phone, ServerRole server, CaptureTime from,
                                           CaptureTime until);

/// The ICMP error or RST that told the phone, in [from, until], that `server` is not there.
std::optional<CaptureTime> transport_failure(const Phone& phone, ServerRole server,
                                             CaptureTime from, CaptureTime until);

/// The reset, by `until`, that answered a request into a connection which the server had lost.
std::optional<CaptureTime> reset_of(const Phone& phone, const Transaction& request,
                                    CaptureTime until);

/// When a TCP connection to `server` was first refused.
std::optional<CaptureTime> first_refused_stream(const Phone& phone, ServerRole server);

}  // namespace sipharness::observed
