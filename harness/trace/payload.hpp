#pragma once
// What bytes look like before anybody reads them: SIP, a keep-alive, or one of the protocols that
// are named because they may hide SIP or keep it company.

#include <string_view>

namespace sipharness::trace {

/// A cheap look that lets RTP pass by: a token, a blank, and SIP's version on the first line.
bool begins_like_sip(std::string_view bytes);

/// What there is of a stream from the first start line on, where reading has no place in it: a line
/// that begins like SIP, with headers and a Via behind it. A message inside another ("message/
/// sipfrag") rarely has that. Empty: there is none.
std::string_view from_start_line(std::string_view bytes);

/// The beginning of a stream that may be that of a start line whose rest is yet to come.
bool may_become_start_line(std::string_view beginning);

/// What is sent to keep a NAT binding open, and what phones are known to send instead: blanks,
/// CRLFs and NULs of any number, STUN, a word too short to begin a message ("jaK").
/// @source RFC 3261 §7.5; RFC 5626 §3.5; RFC 8489 §5; policy for the rest: it breaks nothing
bool is_keep_alive(std::string_view datagram);

/// Blanks, CRLFs and NULs of any number: between the messages of a stream they mean nothing.
bool is_blank(std::string_view bytes);

/// A record of TLS (RFC 8446 §5.1), at the front of a segment.
bool is_tls_record(std::string_view bytes);
bool is_tls_client_hello(std::string_view bytes);

/// The request of a client that asks for SIP over WebSocket (RFC 7118 §4), and any other of HTTP.
bool asks_for_sip_websocket(std::string_view bytes);
bool is_http(std::string_view bytes);

/// "RTP", "STUN", "DTLS"; empty for anything else.
std::string_view name_of_datagram(std::string_view payload);

}  // namespace sipharness::trace
