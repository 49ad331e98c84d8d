#pragma once
// The two requests that borrow the transaction of an INVITE: CANCEL, and the ACK to a final
// response that is not a 2xx. (The ACK to a 2xx is a request of its dialog: make_ack in
// dialog.hpp.)
// @source RFC 3261 §9.1, §17.1.1.3

#include <string>

#include "harness/sip/message.hpp"

namespace sipharness::sip {

/// Complete CANCEL of `invite` as it was sent: same Request-URI, top Via (so same branch), From,
/// To, Call-ID, CSeq number and Route. It starts a transaction of its own on the INVITE's hop. Wait
/// for a provisional response first (§9.1): nothing here does.
std::string make_cancel(const MessageView& invite);

/// Complete ACK to `response`, not a 2xx, to `invite` as it was sent: To from the response, all
/// else as in the INVITE. The TransactionLayer sends it by itself.
std::string make_failure_ack(const MessageView& invite, const MessageView& response);

}  // namespace sipharness::sip
