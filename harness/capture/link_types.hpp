#pragma once
// libpcap's own numbers and names of link layers. Its numbers differ from those in files for raw
// IP.
// @source https://www.tcpdump.org/linktypes.html

#include <string>
#include <string_view>

#include "harness/packet/frame.hpp"

namespace sipharness::capture {

int to_pcap(packet::LinkType link);
/// "EN10MB", as tcpdump names it.
std::string_view link_name(packet::LinkType link);
/// "NULL, EN10MB, …": every link layer that is decoded.
std::string decoded_link_types();

}  // namespace sipharness::capture
