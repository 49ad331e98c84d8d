#pragma once
// Endpoints from which a server answers what it was asked at another one, as a node of a cluster
// may answer for the address that all share: whoever has the branch of a request had the request.
// @source RFC 3261 §17.1.3, §18.1.2

#include <functional>
#include <utility>
#include <vector>

#include "harness/trace/message_list.hpp"

namespace sipharness::trace {

/// Over UDP, each with the role of the server that was asked. `role_at` says who is a server
/// already. One that registers, or answers for both servers, is none.
std::vector<std::pair<Endpoint, ServerRole>> find_other_voices(
    const MessageList& messages, const std::function<ServerRole(const Endpoint&)>& role_at);

}  // namespace sipharness::trace
