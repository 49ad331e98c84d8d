#pragma once
// Changes a response as a rule's "rewrite" says, before it leaves.
//  1. What it does not speak of stays as it is, where it is; the same response is always changed in
//     the same way, so that copies stay copies.
//  2. A header that is given stands where the first of its name stood, else behind the others.

#include <string>
#include <string_view>

#include "fake_servers/spelled_out.hpp"
#include "harness/base/endpoint.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sip/message.hpp"

namespace fake_servers {

/// The request whose responses are changed.
struct Rewritten {
  Variables variables;          ///< those that the request and the server give
  sipharness::Endpoint source;  ///< where it came from
  std::size_t turn = 0;         ///< how many requests before it met the rule
};

std::string rewritten(std::string_view response, const sipharness::scenario::Rewrite& rewrite,
                      const Rewritten& request);

/// What it changes, by name and without the values: "received, Contact, without Expires, body".
std::string describe(const sipharness::scenario::Rewrite& rewrite);

/// Whether the rewrite speaks of responses with this status.
bool concerns(const sipharness::scenario::Rewrite& rewrite, int status);

}  // namespace fake_servers
