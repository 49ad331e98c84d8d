#pragma once
// What makes a message part of a transaction, as one string to look up.
// @source RFC 3261 §17.1.3, §17.2.3, §18.1.2

#include <string>

#include "harness/sip/message.hpp"

namespace sipharness::sip {

/// Of a request of ours, and of the responses to it: branch, sent-by, method.
std::string client_key(const MessageView& message);

/// Of a request that arrives; an ACK has its INVITE's key. A branch without the magic cookie comes
/// from an RFC 2543 element: Request-URI, From tag, Call-ID, CSeq number and sent-by then stand in.
std::string server_key(const MessageView& request);

}  // namespace sipharness::sip
