#include "harness/base/endpoint.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace sipharness {

std::string_view to_string(Transport transport) {
  return transport == Transport::udp ? "udp" : "tcp";
}

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> bytes) {
  IpAddress address;
  address.bytes_ = bytes;
  address.v4_ = false;
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string terminated(text);
  std::array<std::uint8_t, 4> four{};
  if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return v4(four);
  std::array<std::uint8_t, 16> sixteen{};
  if (inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return v6(sixteen);
  return std::nullopt;
}

std::string IpAddress::text() const {
  if (v4_) {
    std::string text = std::to_string(bytes_[0]);
    for (std::size_t i = 1; i < 4; ++i) text.append(1, '.').append(std::to_string(bytes_[i]));
    return text;
  }
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(AF_INET6, bytes_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

std::string IpAddress::uri_text() const {
  return v4_ ? text() : fmt::format("[{}]", text());
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::optional<IpAddress> address = IpAddress::parse(host);
  if (!address || address->is_v4() == bracketed) return std::nullopt;
  std::uint16_t port = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data() + colon + 1, last, port);
  if (failure != std::errc() || end != last) return std::nullopt;
  return Endpoint{*address, port};
}

std::string Endpoint::text() const {
  return address.uri_text().append(1, ':').append(std::to_string(port));
}

std::size_t EndpointHash::operator()(const Endpoint& endpoint) const {
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), endpoint.address.bytes().data(), sizeof words);
  std::uint64_t hash = (words[0] ^ endpoint.port) * 0x9e3779b97f4a7c15U;
  hash = (hash ^ (hash >> 32U) ^ words[1]) * 0xc2b2ae3d27d4eb4fU;
  return static_cast<std::size_t>(hash ^ (hash >> 29U));
}

}  // namespace sipharness
