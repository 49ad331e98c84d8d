#pragma once
// Which of two servers calls begin at, and where they go when it is silent: what tells a primary
// from a secondary where nobody names them. The order of REGISTERs does not (requirements, AMB-1).
//  1. Every message between devices and servers is seen once, in capture order.
//  2. A call that begins at the one while the other leaves requests unanswered says nothing.
//  3. INVITEs of one caller are one call while their Call-ID is the same, or while they are for
//     one callee and follow each other within `policy`'s time.

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/trace/flow_evidence.hpp"
#include "harness/trace/message_list.hpp"

namespace sipharness::trace {

struct CallsBetween {
  std::uint32_t begun = 0;  ///< at the first of the two
  std::uint32_t moved = 0;  ///< from the first, which had not answered, to the second
};

class CallOrder {
 public:
  explicit CallOrder(const MessageList& messages) : messages_(messages) {}

  void response(const MessageList::Place& place);
  /// Any request; an INVITE outside a dialog goes to invite() as well, before.
  void request(const MessageList::Place& place);
  /// An INVITE outside a dialog, of `caller` who knows these servers.
  void invite(std::size_t index, std::string_view caller, const std::vector<Endpoint>& servers);

  std::uint32_t begun_at(const Endpoint& server) const;
  /// Calls that went from the one, which was silent, to the other.
  std::uint32_t moved(const Endpoint& from, const Endpoint& to) const;
  /// Where calls of `caller` went when a server was silent.
  std::vector<Endpoint> resorts_of(std::string_view caller) const;

 private:
  struct Call {
    std::string_view call_id;
    std::string_view callee;
    std::vector<Endpoint> servers;  ///< that it was at; copies to an earlier one move nothing
    CaptureTime begun;              ///< at the newest of them
    CaptureTime last;
  };

  bool is_same_call(const Call& call, const sip::MessageView& invite, CaptureTime at) const;
  bool was_silent(const Call& call, const Endpoint& caller) const;
  bool is_waited_for(const Endpoint& server, const Endpoint& caller, CaptureTime at) const;

  const MessageList& messages_;
  std::unordered_map<std::string_view, Call> calls_;  ///< the newest of each caller
  std::unordered_map<std::string_view, std::vector<Endpoint>> resorts_;
  std::map<Endpoint, std::uint32_t> begun_;
  std::map<std::pair<Endpoint, Endpoint>, std::uint32_t> moved_;
  /// When a server last answered an INVITE, by the server and the caller's machine.
  std::map<std::pair<Endpoint, Endpoint>, CaptureTime> answered_;
  /// Since when it has left requests of that machine unanswered.
  std::map<std::pair<Endpoint, Endpoint>, CaptureTime> waiting_;
};

}  // namespace sipharness::trace
