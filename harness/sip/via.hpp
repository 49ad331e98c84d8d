#pragma once
// The Via header: where a request came from and where its response goes.
// @source RFC 3261 §20.42, §18.2; RFC 3581 §3, §4

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"

namespace sipharness::sip {

/// One Via.
struct Via {
  std::string_view transport;  ///< "UDP" as written
  std::string_view host;       ///< sent-by host, IPv6 without brackets
  std::uint16_t port = 0;      ///< 0 when absent
  std::string_view branch;
  std::string_view received;  ///< IPv6 without brackets
  std::optional<std::uint16_t> rport;
  bool has_rport = false;    ///< with or without a value
  bool is_only = true;       ///< no other stands behind it in the same header
  std::string_view sent_by;  ///< host:port as written
};

/// Reads the first Via of a header value into `via`. False if protocol or sent-by are unreadable;
/// what could be read is there all the same.
bool parse_via(std::string_view value, Via& via);

/// `value`, its first Via told where the request came from: `received` where the sent-by differs
/// or rport was asked for, the port where rport was. What stood there of either is replaced.
/// @source RFC 3261 §18.2.1, RFC 3581 §4
std::string stamped_via(std::string_view value, const Endpoint& source);

}  // namespace sipharness::sip
