#include "fake_servers/response_plans.hpp"

#include <utility>

#include "harness/sip/address.hpp"
#include "harness/sip/line_text.hpp"
#include "harness/sip/uri.hpp"

namespace fake_servers {

using sipharness::Duration;
using sipharness::sip::HeaderId;
using sipharness::sip::Hop;
using sipharness::sip::MessageView;

namespace {

constexpr std::size_t remembered_plans = 4'096;
/// Somebody else, whoever receives it. @source RFC 2606 §2
constexpr std::string_view nobody = "nobody.invalid";

/// Empty where there is none, or one that could end a line of what a rewrite spells out.
std::string uri_in(std::string_view value) {
  const auto address = sipharness::sip::parse_address(value);
  const bool is_fit = address && sipharness::sip::is_one_word(address->uri);
  return is_fit ? std::string(address->uri) : std::string();
}

Variables variables_of(const MessageView& request, const Hop& hop, const Variables& places) {
  Variables variables = places;
  const std::string from = uri_in(request.header(HeaderId::from));
  const auto uri = sipharness::sip::parse_uri(from);
  variables["contact"] = uri_in(request.header(HeaderId::contact));
  variables["user"] = uri ? std::string(uri->user) : std::string();
  variables["device"] = hop.remote.text();
  return variables;
}

std::string with_foreign_sent_by(std::string_view bytes) {
  const std::string_view sent_by = MessageView::parse(bytes).via().sent_by;
  if (sent_by.empty()) return std::string(bytes);  // rewritten beyond recognition
  std::string altered(bytes);
  return altered.replace(static_cast<std::size_t>(sent_by.data() - bytes.data()), sent_by.size(),
                         nobody);
}

}  // namespace

ResponsePlans::ResponsePlans(sipharness::world::World& world, Variables places, Senders senders)
    : world_(world),
      places_(std::move(places)),
      senders_(std::move(senders)),
      postponer_(world),
      plans_(remembered_plans) {}

void ResponsePlans::note(const MessageView& request, const Hop& hop, const Rule& rule) {
  const bool lets_be = rule.repeat.empty() && !rule.foreign_sent_by && !rule.rewrite &&
                       !rule.close && !rule.from_other_port;
  if (lets_be) return;
  const std::uint64_t key = transaction_key(request);
  if (plans_.find(key) != nullptr) return;
  plans_[key] = Plan{&rule, {variables_of(request, hop, places_), hop.remote, turns_[&rule]++}};
}

ResponsePlans::Plan* ResponsePlans::plan_of(std::string_view bytes) {
  if (plans_.empty()) return nullptr;
  const MessageView message = MessageView::parse(bytes);
  return message.is_response() ? plans_.find(transaction_key(message)) : nullptr;
}

void ResponsePlans::send(const Hop& hop, std::string_view bytes) {
  Outgoing outgoing{.hop = hop, .bytes = std::string(bytes)};
  Plan* const plan = plan_of(bytes);
  if (plan == nullptr) return senders_.send(std::move(outgoing));
  const MessageView response = MessageView::parse(bytes);
  outgoing.from_other_port = plan->rule->from_other_port;
  const auto& rewrite = plan->rule->rewrite;
  if (rewrite && concerns(*rewrite, response.status())) {
    outgoing.bytes = rewritten(bytes, *rewrite, plan->request);
    outgoing.rewritten = describe(*rewrite);
  }
  send_as_planned(*plan, outgoing, response.is_final());
}

void ResponsePlans::send_as_planned(Plan& plan, const Outgoing& response, bool is_final) {
  const Rule& rule = *plan.rule;
  const sipharness::TimePoint now = world_.now();
  if (!plan.first) plan.first = now;
  const bool is_first_final = is_final && !std::exchange(plan.is_final, true);
  if (is_first_final) {
    for (const Duration after : rule.repeat) send_later(response, after);
    close(rule, response.hop);
  }
  const Duration foreign = rule.foreign_sent_by.value_or(Duration::zero());
  const Duration left = *plan.first + foreign - now;
  if (left <= Duration::zero()) return senders_.send(response);
  if (is_first_final) send_later(response, left);
  Outgoing altered = response;
  altered.bytes = with_foreign_sent_by(response.bytes);
  senders_.send(std::move(altered));
}

void ResponsePlans::close(const Rule& rule, const Hop& hop) {
  if (!rule.close) return;
  // Also at once it comes behind what is being sent.
  postponer_.call_after(rule.close->after,
                        [this, hop, how = rule.close->how] { senders_.close(hop, how); });
}

void ResponsePlans::send_later(const Outgoing& response, Duration after) {
  postponer_.call_after(after, [this, response] { senders_.send(response); });
}

}  // namespace fake_servers
