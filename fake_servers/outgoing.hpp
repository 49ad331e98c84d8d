#pragma once
// A SIP message that a server is about to send, and what a rule did to it.

#include <optional>
#include <string>

#include "harness/sip/transaction/layer.hpp"

namespace fake_servers {

struct Outgoing {
  sipharness::sip::Hop hop;
  std::string bytes;
  bool from_other_port = false;            ///< over UDP, from a port that nobody listens at
  std::optional<std::string> rewritten{};  ///< what was changed, by name
};

}  // namespace fake_servers
