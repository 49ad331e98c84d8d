#include "harness/dut/reference_ua/call_desk.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace sipharness::dut {
namespace {

/// policy: a phone has this many lines; a further caller hears that it is busy.
constexpr std::ptrdiff_t max_live_calls = 4;
/// Ended calls remembered for late answers.
constexpr std::size_t max_calls = 64;

}  // namespace

void CallDesk::forget_oldest() {
  if (calls_.size() < max_calls) return;
  const auto ended = std::ranges::find_if(calls_, [](const auto& call) { return call->is_over(); });
  if (ended != calls_.end()) calls_.erase(ended);
}

void CallDesk::dial(std::string number, std::vector<Stop> route, Duration delay) {
  forget_oldest();
  auto call = std::make_unique<OutgoingCall>(core_, std::move(number), std::move(route));
  OutgoingCall& dialled = *call;
  calls_.push_back(std::move(call));
  dialled.start(delay);
}

Call* CallDesk::newest_live() {
  for (const auto& call : calls_ | std::views::reverse)
    if (!call->is_over()) return call.get();
  return nullptr;
}

IncomingCall* CallDesk::ringing() {
  for (const auto& call : calls_ | std::views::reverse) {
    auto* const incoming = dynamic_cast<IncomingCall*>(call.get());
    if (incoming != nullptr && incoming->is_ringing()) return incoming;
  }
  return nullptr;
}

bool CallDesk::answer() {
  IncomingCall* const call = ringing();
  if (call != nullptr) call->answer();
  return call != nullptr;
}

bool CallDesk::reject() {
  IncomingCall* const call = ringing();
  if (call != nullptr) call->reject();
  return call != nullptr;
}

bool CallDesk::hang_up() {
  Call* const call = newest_live();
  if (call != nullptr) call->hang_up();
  return call != nullptr;
}

void CallDesk::hang_up_all() {
  while (hang_up()) {
  }
}

bool CallDesk::set_direction(sip::MediaDirection direction) {
  Call* const call = newest_live();
  return call != nullptr && call->session() != nullptr && call->session()->set_direction(direction);
}

bool CallDesk::is_merged(const sip::MessageView& invite) const {
  return std::ranges::any_of(calls_, [&](const auto& call) {
    const auto* const incoming = dynamic_cast<const IncomingCall*>(call.get());
    return incoming != nullptr && incoming->is_merged_with(invite);
  });
}

void CallDesk::take_invite(const TransactionPtr& invite, Server& from) {
  if (is_merged(invite->request()) && !core_.deviates(Deviation::rings_twice_for_one_call))
    return core_.answer(*invite, 482);
  forget_oldest();
  const auto live =
      std::ranges::count_if(calls_, [](const auto& call) { return !call->is_over(); });
  if (live >= max_live_calls) return core_.answer(*invite, 486);
  auto call = std::make_unique<IncomingCall>(core_, from, invite);
  IncomingCall& incoming = *call;
  calls_.push_back(std::move(call));
  incoming.start();
}

bool CallDesk::take_cancel(sip::ServerTransaction& cancel) {
  return std::ranges::any_of(calls_, [&](const auto& call) { return call->take_cancel(cancel); });
}

bool CallDesk::take_request(const TransactionPtr& transaction) {
  for (const auto& call : calls_) {
    Session* const session = call->session();
    if (session == nullptr || session->is_over() || !session->matches(transaction->request()))
      continue;
    session->take_request(transaction);
    return true;
  }
  return false;
}

void CallDesk::take_ack(const sip::MessageView& ack) {
  for (const auto& call : calls_)
    if (call->session() != nullptr && call->session()->matches(ack)) call->session()->take_ack(ack);
}

void CallDesk::take_stray(const sip::MessageView& response) {
  for (const auto& call : calls_)
    if (call->take_stray(response)) return;
}

}  // namespace sipharness::dut
