#pragma once
// Who answers and calls behind one server: all its calls, found by our tag.
//  1. At most max_calls exist, of which max_calls_of_a_peer were made from one address, and
//     max_unproven_calls from one that showed nothing yet (proven_peers.hpp): whoever floods a
//     server leaves room for others, and draws few answers to an address that he forges. One more
//     INVITE is answered 503.
//  2. Where the plan has forks, an INVITE makes as many calls more, which share its transaction.
// @source RFC 3261 §8.2, §12.2.2

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fake_servers/incoming_call.hpp"
#include "fake_servers/outgoing_call.hpp"
#include "fake_servers/recent_map.hpp"

namespace fake_servers {

class FarEnd {
 public:
  static constexpr std::size_t max_calls = 1'024;
  static constexpr std::size_t max_calls_of_a_peer = 128;
  static constexpr std::size_t max_unproven_calls = 16;

  FarEnd(ServerCore& core, sipharness::scenario::FarEnd plan);

  using Routers = std::vector<sipharness::scenario::Router>;

  /// `record_route`: the proxies it seems to have come through.
  void on_invite(const TransactionPtr& invite, const Routers& record_route);
  /// `invite` will get no final response, whatever comes; a CANCEL for it is still answered.
  void strand(const MessageView& invite);
  /// Answers the CANCEL, and the INVITE it means.
  void on_cancel(ServerTransaction& cancel);
  void on_ack(const MessageView& ack);
  /// False if no call knows this dialog; then nothing was answered.
  bool on_request(const TransactionPtr& transaction);

  void call(const std::vector<Binding>& bindings, const sipharness::scenario::Sending& how,
            const std::optional<CallName>& as = {});
  const std::optional<CallName>& last_call() const { return last_call_; }
  void hang_up(const sipharness::scenario::Sending& how);
  /// In every call that is up.
  void request_in_calls(Method method);

 private:
  Call* find(const MessageView& message);
  /// 422 to an INVITE whose session would be too short; false if it is not. @source RFC 4028 §9
  bool refuse_interval(ServerTransaction& invite);
  /// False if there is no room for another call.
  bool make_room(std::size_t calls = 1);
  void answer_as(const TransactionPtr& invite, const Routers& record_route,
                 const sipharness::scenario::FarEnd& plan);
  /// False if it made too many of those that are there.
  bool may_call(const Hop& peer);

  ServerCore& core_;
  sipharness::scenario::FarEnd plan_;
  RecentMap<std::uint64_t, bool> stranded_;
  std::map<std::string, std::unique_ptr<IncomingCall>, std::less<>> incoming_;
  std::map<std::string, std::unique_ptr<OutgoingCall>, std::less<>> outgoing_;
  std::optional<CallName> last_call_;
};

}  // namespace fake_servers
