#pragma once
// Which ends are servers where nobody registers: a capture that was begun late, a trunk, two phones
// that call each other without a server.
//  1. Signs tell the server (ServerSigns), whichever end speaks first; where they do not, that end
//     is taken that the first INVITE goes to, which is a guess.
//  2. Two phones are no guess: the caller is judged, and whom it calls stands in a server's place.

#include <string>
#include <string_view>
#include <vector>

#include "harness/trace/message_list.hpp"

namespace sipharness::trace {

struct ServedPhone {
  Endpoint server;
  Endpoint phone;
  std::string_view user;  ///< of the phone, in the first request between both
  CaptureTime at;
  std::string why;
  bool is_guess = false;
};

/// In the order of their first requests. `usable`: the flows between a phone and its server.
std::vector<ServedPhone> phones_served_without_register(const MessageList& messages,
                                                        const std::vector<bool>& usable,
                                                        const std::vector<std::string>& accounts);

}  // namespace sipharness::trace
