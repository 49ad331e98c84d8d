#include "fake_servers/far_end.hpp"

#include <algorithm>
#include <utility>

#include "fake_servers/behaviour.hpp"
#include "harness/sip/session_expires.hpp"

namespace fake_servers {

FarEnd::FarEnd(ServerCore& core, sipharness::scenario::FarEnd plan)
    : core_(core), plan_(std::move(plan)), stranded_(max_calls) {}

void FarEnd::on_invite(const TransactionPtr& invite, const Routers& record_route) {
  if (refuse_interval(*invite)) return;
  if (!make_room(1 + plan_.forks.size()) || !may_call(invite->hop()))
    return core_.answer(*invite, 503);
  core_.answer(*invite, 100);
  answer_as(invite, record_route, plan_);
  for (const sipharness::scenario::Fork& fork : plan_.forks) {
    sipharness::scenario::FarEnd plan = plan_;
    plan.ring = fork.ring;
    plan.answer = fork.answer;
    answer_as(invite, record_route, plan);
  }
}

void FarEnd::answer_as(const TransactionPtr& invite, const Routers& record_route,
                       const sipharness::scenario::FarEnd& plan) {
  auto call = std::make_unique<IncomingCall>(core_, invite, plan, record_route);
  const std::string tag = call->tag();
  incoming_.emplace(tag, std::move(call));
}

bool FarEnd::refuse_interval(ServerTransaction& invite) {
  const auto asked =
      sipharness::sip::parse_session_expires(invite.request().header(HeaderId::session_expires));
  if (!plan_.session_timer || !asked || asked->interval >= plan_.session_timer->min) return false;
  const auto least = std::chrono::duration_cast<std::chrono::seconds>(plan_.session_timer->min);
  auto refusal = core_.reply(invite, 422);
  invite.respond(refusal.header(HeaderId::min_se, std::to_string(least.count())).str());
  return true;
}

void FarEnd::strand(const MessageView& invite) {
  stranded_[transaction_key(invite)] = true;
}

void FarEnd::on_cancel(ServerTransaction& cancel) {
  const std::uint64_t key = cancelled_key(cancel.request());
  if (stranded_.find(key) != nullptr) return core_.answer(cancel, 200);
  bool is_known = false;
  for (const auto& [tag, call] : incoming_) {
    if (call->key() != key) continue;
    // §9.2: the same To tag in both responses.
    if (!std::exchange(is_known, true)) cancel.respond(core_.reply(cancel, 200, tag).str());
    call->cancel();
  }
  if (!is_known) core_.answer(cancel, 481);
}

void FarEnd::on_ack(const MessageView& ack) {
  Call* const call = find(ack);
  if (call == nullptr) return;
  core_.proven.note(call->peer());
  call->on_ack(ack);
}

bool FarEnd::on_request(const TransactionPtr& transaction) {
  const MessageView& request = transaction->request();
  Call* call = find(request);
  if (call == nullptr) return false;
  const auto incoming = incoming_.find(request.to_tag());
  if (incoming != incoming_.end())
    incoming->second->on_request(transaction);
  else
    call->on_request(transaction);
  return true;
}

void FarEnd::call(const std::vector<Binding>& bindings, const sipharness::scenario::Sending& how,
                  const std::optional<CallName>& as) {
  for (const Binding& binding : bindings) {
    if (!make_room()) return;
    auto call = std::make_unique<OutgoingCall>(core_, binding, how, as);
    last_call_ = call->name();
    const std::string tag = call->tag();
    outgoing_.emplace(tag, std::move(call));
  }
}

void FarEnd::hang_up(const sipharness::scenario::Sending& how) {
  for (const auto& [tag, call] : incoming_) call->call().hang_up(how);
  for (const auto& [tag, call] : outgoing_) call->hang_up(how);
}

void FarEnd::request_in_calls(Method method) {
  for (const auto& [tag, call] : incoming_) call->call().ask(method);
  for (const auto& [tag, call] : outgoing_)
    if (call->call() != nullptr) call->call()->ask(method);
}

Call* FarEnd::find(const MessageView& message) {
  Call* call = nullptr;
  if (const auto found = incoming_.find(message.to_tag()); found != incoming_.end())
    call = &found->second->call();
  else if (const auto other = outgoing_.find(message.to_tag()); other != outgoing_.end())
    call = other->second->call();
  const bool is_known = call != nullptr && !call->is_over() && call->dialog().matches(message);
  return is_known ? call : nullptr;
}

bool FarEnd::may_call(const Hop& peer) {
  const sipharness::IpAddress& address = peer.remote.address;
  const bool is_proven = peer.transport != Transport::udp || core_.proven.holds(address);
  const std::size_t most = is_proven ? max_calls_of_a_peer : max_unproven_calls;
  const auto is_of_peer = [&](const auto& entry) { return entry.second->peer() == address; };
  return std::ranges::count_if(incoming_, is_of_peer) < static_cast<std::ptrdiff_t>(most);
}

bool FarEnd::make_room(std::size_t calls) {
  std::erase_if(incoming_, [](const auto& entry) { return entry.second->call().is_over(); });
  std::erase_if(outgoing_, [](const auto& entry) { return entry.second->is_over(); });
  return incoming_.size() + outgoing_.size() + calls <= max_calls;
}

}  // namespace fake_servers
