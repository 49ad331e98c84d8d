#pragma once
// The URIs that the address headers of a message hold, and where a message came from.

#include <string_view>
#include <vector>

#include "harness/sip/message.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::observed {

/// Of the first header of that name; empty if there is none or it cannot be read.
std::string_view uri_in(const sip::MessageView& message, sip::HeaderId header);
/// Of all headers of that name, in order.
std::vector<std::string_view> uris_in(const sip::MessageView& message, sip::HeaderId header);

/// Equal one by one, by RFC 3261 §19.1.4.
bool same_uris(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b);

/// An address that packets never leave their host for. @source RFC 1122 §3.2.1.3 (g), RFC 4291
/// §2.5.3
bool is_loopback(const IpAddress& address);

/// The message came from `host`; on a stream that may be anywhere in the loopback network, which is
/// one host, if it came from the address that a kernel picks there. @source RFC 1122 §3.2.1.3 (g)
bool came_from(const trace::Message& message, const IpAddress& host);

}  // namespace sipharness::observed
