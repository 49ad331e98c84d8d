#include "harness/sip/transaction/answered.hpp"

#include <algorithm>
#include <utility>

#include "harness/sip/transaction/server.hpp"

namespace sipharness::sip {
namespace {

std::uint64_t hash_of(const std::string& key) {
  return std::hash<std::string>()(key);
}

}  // namespace

void AnsweredRequests::add(AnsweredRequest request, Duration timer_j) {
  const TimePoint now = host_.world().now();
  drop_ended(now);
  request.timer_j = now + timer_j;
  const auto position = static_cast<std::uint32_t>(in_order_.size());
  by_key_.add(hash_of(request.key), (first_ + position) % numbers);
  in_order_.push_back(std::move(request));
}

bool AnsweredRequests::receive_again(const std::string& key) {
  AnsweredRequest* const request = find(key);
  if (request == nullptr || request->timer_j <= host_.world().now()) return false;
  const auto& options = host_.options();
  const auto [next, actions] = step(request->machine, NonInviteServer::Event::request,
                                    ServerRules{options.timers, options.server_quirks, false});
  request->machine = next;
  for (const Action& action : actions) {
    if (action.act != Act::send) continue;
    send_response(options, request->back, request->response, request->machine.repeats);
  }
  return true;
}

void AnsweredRequests::transport_failed(const Hop& back) {
  if (in_order_.empty()) return;
  failures_[{back.transport, back.remote}] = dropped_ + in_order_.size();
  drop_old_failures();
}

AnsweredRequest* AnsweredRequests::find(const std::string& key) {
  const auto of = [this](std::uint32_t number) -> AnsweredRequest& {
    return in_order_[(number - first_) % numbers];
  };
  const auto number = by_key_.find(hash_of(key), [&](std::uint32_t candidate) {
    return of(candidate).key == key && !has_failed(of(candidate), candidate);
  });
  return number ? &of(*number) : nullptr;
}

bool AnsweredRequests::has_failed(const AnsweredRequest& request, std::uint32_t number) const {
  const auto failure = failures_.find({request.back.transport, request.back.remote});
  return failure != failures_.end() && dropped_ + (number - first_) % numbers < failure->second;
}

void AnsweredRequests::drop_old_failures() {
  if (failures_.size() < most_failures_) return;
  std::erase_if(failures_, [this](const auto& failure) { return failure.second <= dropped_; });
  most_failures_ = std::max(least_failures, 2 * failures_.size());
}

void AnsweredRequests::drop_ended(TimePoint now) {
  while (!in_order_.empty() && in_order_.front().timer_j <= now) {
    by_key_.remove(hash_of(in_order_.front().key), first_);
    in_order_.pop_front();
    first_ = (first_ + 1) % numbers;
    ++dropped_;
  }
}

}  // namespace sipharness::sip
