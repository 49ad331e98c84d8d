#pragma once
// What sentences call the server that something went to or came from.

#include <string_view>

#include "harness/trace/message_list.hpp"

namespace sipharness::observed {

/// "the primary", "the secondary"; whoever is neither is "another server".
constexpr std::string_view named(trace::ServerRole server) {
  switch (server) {
    case trace::ServerRole::primary:
      return "the primary";
    case trace::ServerRole::secondary:
      return "the secondary";
    case trace::ServerRole::none:
      break;
  }
  return "another server";
}

}  // namespace sipharness::observed
