#pragma once
// libpcap's own numbers for link layers, which for raw IP differ from those in files.
// @source https://www.tcpdump.org/linktypes.html

#include <optional>
#include <string>

#include "harness/packet/frame.hpp"

namespace sipharness::capture {

int to_pcap(packet::LinkType link);
/// Nothing for a link layer that is not decoded.
std::optional<packet::LinkType> from_pcap(int dlt);
/// "NULL, EN10MB, …": every link layer that is decoded, as tcpdump names them.
std::string decoded_link_types();

}  // namespace sipharness::capture
