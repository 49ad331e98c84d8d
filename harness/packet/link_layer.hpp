#pragma once
// Takes the link layer off a frame. @source https://www.tcpdump.org/linktypes.html, IEEE 802.1Q

#include <optional>
#include <string_view>

#include "harness/packet/frame.hpp"

namespace sipharness::packet {

/// The IP packet with whatever padding follows it; nothing if the frame carries something else.
std::optional<std::string_view> without_link_layer(LinkType link, std::string_view frame);

}  // namespace sipharness::packet
