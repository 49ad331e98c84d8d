#include "harness/capture/link_types.hpp"

#include <array>
#include <utility>

#include <pcap/pcap.h>

namespace sipharness::capture {
namespace {

using packet::LinkType;

constexpr std::array<std::pair<LinkType, int>, 7> table = {{
    {LinkType::null, DLT_NULL},
    {LinkType::ethernet, DLT_EN10MB},
    {LinkType::raw, DLT_RAW},
    {LinkType::linux_cooked, DLT_LINUX_SLL},
    {LinkType::ipv4, DLT_IPV4},
    {LinkType::ipv6, DLT_IPV6},
    {LinkType::linux_cooked_2, DLT_LINUX_SLL2},
}};

}  // namespace

int to_pcap(LinkType link) {
  for (const auto& [type, dlt] : table) {
    if (type == link) return dlt;
  }
  return DLT_EN10MB;
}

std::optional<LinkType> from_pcap(int dlt) {
  for (const auto& [type, number] : table) {
    if (number == dlt) return type;
  }
  return std::nullopt;
}

std::string decoded_link_types() {
  std::string names;
  for (const auto& [type, dlt] : table) {
    if (!names.empty()) names += ", ";
    names += pcap_datalink_val_to_name(dlt);
  }
  return names;
}

}  // namespace sipharness::capture
