#include "fake_servers/response_plans.hpp"

#include <utility>

namespace fake_servers {

using sipharness::Duration;
using sipharness::sip::Hop;
using sipharness::sip::MessageView;

namespace {

constexpr std::size_t remembered_plans = 4'096;
/// Somebody else, whoever receives it. @source RFC 2606 §2
constexpr std::string_view nobody = "nobody.invalid";

std::string with_foreign_sent_by(std::string_view bytes) {
  const std::string_view sent_by = MessageView::parse(bytes).via().sent_by;
  std::string altered(bytes);
  return altered.replace(static_cast<std::size_t>(sent_by.data() - bytes.data()), sent_by.size(),
                         nobody);
}

}  // namespace

ResponsePlans::ResponsePlans(sipharness::world::World& world, Send send)
    : world_(world), send_(std::move(send)), postponer_(world), plans_(remembered_plans) {}

void ResponsePlans::note(const MessageView& request, const Rule& rule) {
  if (rule.repeat.empty() && !rule.foreign_sent_by) return;
  const std::uint64_t key = transaction_key(request);
  if (plans_.find(key) == nullptr) plans_[key] = Plan{rule.repeat, rule.foreign_sent_by, {}, false};
}

ResponsePlans::Plan* ResponsePlans::plan_of(std::string_view bytes) {
  if (plans_.empty()) return nullptr;
  const MessageView message = MessageView::parse(bytes);
  return message.is_response() ? plans_.find(transaction_key(message)) : nullptr;
}

void ResponsePlans::send(const Hop& hop, std::string_view bytes) {
  Plan* const plan = plan_of(bytes);
  if (plan == nullptr) return send_(hop, bytes);
  const sipharness::TimePoint now = world_.now();
  if (!plan->first) plan->first = now;
  const bool is_first_final =
      MessageView::parse(bytes).is_final() && !std::exchange(plan->is_final, true);
  if (is_first_final)
    for (const Duration after : plan->repeat) send_later(hop, bytes, after);
  const Duration foreign = plan->foreign_sent_by.value_or(Duration::zero());
  const Duration left = *plan->first + foreign - now;
  if (left <= Duration::zero()) return send_(hop, bytes);
  if (is_first_final) send_later(hop, bytes, left);
  send_(hop, with_foreign_sent_by(bytes));
}

void ResponsePlans::send_later(const Hop& hop, std::string_view bytes, Duration after) {
  postponer_.call_after(after, [this, hop, text = std::string(bytes)] { send_(hop, text); });
}

}  // namespace fake_servers
