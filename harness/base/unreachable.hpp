#pragma once
// Why a destination cannot be reached, as ICMP and ICMPv6 say it. @source RFC 792, RFC 4443 §3.1

#include <cstdint>
#include <string_view>

namespace sipharness {

enum class Unreachable : std::uint8_t { port, host, network, administratively };

constexpr std::string_view to_string(Unreachable reason) {
  switch (reason) {
    case Unreachable::port:
      return "port unreachable";
    case Unreachable::host:
      return "host unreachable";
    case Unreachable::network:
      return "network unreachable";
    case Unreachable::administratively:
      return "administratively prohibited";
  }
  return "unreachable";
}

}  // namespace sipharness
