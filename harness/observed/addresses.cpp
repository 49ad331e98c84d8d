#include "harness/observed/addresses.hpp"

#include <algorithm>

#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

/// What a connection within the loopback network comes from if nobody bound it.
const IpAddress picked_by_kernel = IpAddress::v4({127, 0, 0, 1});

}  // namespace

std::string_view uri_in(const sip::MessageView& message, sip::HeaderId header) {
  const auto address = sip::parse_address(message.header(header));
  return address ? address->uri : std::string_view();
}

std::vector<std::string_view> uris_in(const sip::MessageView& message, sip::HeaderId header) {
  std::vector<std::string_view> uris;
  for (const sip::Header& one : message.headers_from(header)) {
    if (one.id != header) continue;
    for (const sip::Address& address : sip::parse_addresses(one.value)) uris.push_back(address.uri);
  }
  return uris;
}

bool same_uris(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  return std::ranges::equal(a, b, sip::same_uri);
}

bool is_loopback(const IpAddress& address) {
  return address.is_v4() ? address.bytes()[0] == 127 : address.text() == "::1";
}

bool came_from(const trace::Message& message, const IpAddress& host) {
  const IpAddress& source = message.source.address;
  const bool is_picked = message.transport != Transport::udp && source == picked_by_kernel;
  return host == source || (is_picked && is_loopback(host));
}

}  // namespace sipharness::observed
