#pragma once
// Sends the bytes of a request again at given times, past the transaction that sent it first.
//  1. Destroying it ends the repeats.

#include <string>
#include <vector>

#include "fake_servers/server_core.hpp"

namespace fake_servers {

class Repeater {
 public:
  /// `offsets` count from now, when the request was first sent.
  Repeater(ServerCore& core, const Hop& hop, const std::string& bytes,
           const std::vector<Duration>& offsets);

 private:
  std::vector<sipharness::world::Timer> timers_;
};

}  // namespace fake_servers
