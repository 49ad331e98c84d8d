#include "harness/sip/transaction_answered.hpp"

#include <utility>

#include "harness/sip/transaction_server.hpp"

namespace sipharness::sip {

void AnsweredRequests::add(AnsweredRequest request, Duration timer_j) {
  const TimePoint now = host_.world().now();
  drop_ended(now);
  request.timer_j = now + timer_j;
  in_order_.push_back(std::move(request));
  const auto added = std::prev(in_order_.end());
  by_key_.emplace(added->key, added);
}

bool AnsweredRequests::receive_again(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return false;
  AnsweredRequest& request = *found->second;
  const TimePoint now = host_.world().now();
  if (request.timer_j <= now) {
    drop_ended(now);
    return false;
  }
  const auto& options = host_.options();
  const auto [next, actions] = step(request.machine, NonInviteServer::Event::request,
                                    ServerRules{options.timers, options.server_quirks, false});
  request.machine = next;
  for (const Action& action : actions) {
    if (action.act != Act::send) continue;
    send_response(options, request.back, request.response, request.machine.repeats);
  }
  return true;
}

void AnsweredRequests::transport_failed(const Hop& back) {
  for (auto request = in_order_.begin(); request != in_order_.end();) {
    const bool failed = same_path(request->back, back);
    if (failed) by_key_.erase(request->key);
    request = failed ? in_order_.erase(request) : std::next(request);
  }
}

void AnsweredRequests::drop_ended(TimePoint now) {
  while (!in_order_.empty() && in_order_.front().timer_j <= now) {
    by_key_.erase(in_order_.front().key);
    in_order_.pop_front();
  }
}

}  // namespace sipharness::sip
