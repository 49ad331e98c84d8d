#pragma once
// Where a packet comes from or goes to: IPv4 or IPv6 address, port, transport.

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sipharness {

enum class Transport : std::uint8_t { udp, tcp };

/// "udp", "tcp": as the scenario and the transport parameter write it.
std::string_view to_string(Transport transport);

/// An IPv4 or IPv6 address as a value; IPv4 occupies the first four bytes.
class IpAddress {
 public:
  IpAddress() = default;
  static IpAddress v4(std::array<std::uint8_t, 4> bytes);
  static IpAddress v6(std::array<std::uint8_t, 16> bytes);
  /// "127.0.0.11", "::1"; brackets are the caller's to remove. Nothing if it is no address.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const { return v4_; }
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  std::string text() const;
  /// As it stands in a URI or Via: IPv6 in brackets.
  std::string uri_text() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  bool v4_ = true;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  /// "127.0.0.11:5070", "[::1]:5070". Nothing where the text is anything else.
  static std::optional<Endpoint> parse(std::string_view text);
  std::string text() const;
  auto operator<=>(const Endpoint&) const = default;
};

struct EndpointHash {
  std::size_t operator()(const Endpoint& endpoint) const;
};

}  // namespace sipharness
