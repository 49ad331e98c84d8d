#include "harness/capture/link_types.hpp"

#include <pcap/pcap.h>

#include "harness/packet/link_layer.hpp"

namespace sipharness::capture {

int to_pcap(packet::LinkType link) {
  return link == packet::LinkType::raw ? DLT_RAW : static_cast<int>(link);
}

std::string_view link_name(packet::LinkType link) {
  constexpr int first_private = 147;
  constexpr int last_private = 162;
  // These are not in the table of libpcap everywhere.
  if (link == packet::LinkType::raw_bsd || link == packet::LinkType::raw_openbsd) return "RAW";
  if (link == packet::LinkType::exported_pdu) return "WIRESHARK_UPPER_PDU";
  const int number = static_cast<int>(link);
  if (number >= first_private && number <= last_private) return "a private link layer (USER)";
  const char* const name = pcap_datalink_val_to_name(to_pcap(link));
  return name != nullptr ? name : "an unknown link layer";
}

std::string decoded_link_types() {
  std::string names;
  std::string_view before;
  for (const packet::LinkType link : packet::decoded_links) {
    const std::string_view name = link_name(link);
    if (name == before) continue;
    if (!names.empty()) names += ", ";
    names += before = name;
  }
  return names;
}

}  // namespace sipharness::capture
