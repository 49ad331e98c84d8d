#include "fake_servers/behaviour.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fake_servers {

using sipharness::Duration;
using sipharness::sip::HeaderId;
using sipharness::sip::MessageView;
namespace scenario = sipharness::scenario;

namespace {

constexpr std::size_t remembered_requests = 16'384;

bool has_method(const Rule& rule, const MessageView& request) {
  return rule.methods.empty() || std::ranges::count(rule.methods, request.method()) > 0;
}

bool has_event(const Rule& rule, const MessageView& request) {
  if (!rule.event) return true;
  const std::string_view value = request.header(HeaderId::event);
  return value.substr(0, value.find_first_of("; \t")) == rule.event;
}

bool meets_keys(const Rule& rule, const MessageView& request) {
  const bool is_in_dialog = !request.to_tag().empty();
  return has_method(rule, request) && has_event(rule, request) &&
         rule.in_dialog.value_or(is_in_dialog) == is_in_dialog;
}

/// It matches some of the requests that meet its keys, by their number.
bool goes_by_number(const Rule& rule) {
  return rule.nth_from > 1 || rule.nth_to;
}

bool is_counted_in(const Rule& rule, std::uint32_t ordinal) {
  return ordinal >= rule.nth_from && ordinal <= rule.nth_to.value_or(ordinal);
}

/// While its phase and window are on.
bool covers_everything(const Rule& rule) {
  return rule.methods.empty() && !rule.event && !rule.in_dialog && !goes_by_number(rule) &&
         rule.probability >= 1;
}

std::uint64_t key_as(const MessageView& message, sipharness::sip::Method method) {
  std::string text;
  text.reserve(192);
  for (std::string_view part : {message.branch(), message.sent_by(), message.call_id(),
                                message.from_tag(), to_string(method)})
    text.append(part).push_back('\n');
  text.append(std::to_string(message.cseq()));
  return sipharness::fnv1a(text);
}

}  // namespace

std::uint64_t transaction_key(const MessageView& message) {
  return key_as(message, message.method());
}

std::uint64_t cancelled_key(const MessageView& cancel) {
  return key_as(cancel, sipharness::sip::Method::invite);
}

Behaviour::Behaviour(const scenario::Server& server, const sipharness::Rng& rng)
    : rules_(server.rules),
      tallies_(server.rules.size()),
      rng_(rng.fork("behaviour")),
      seen_(remembered_requests) {
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (rules_[i].name.empty())
      rules_[i].name = fmt::format("{}/{}/{}", server.name, rules_[i].phase.value_or(""), i);
}

void Behaviour::enter_phase(std::string phase) {
  phase_ = std::move(phase);
  entered_.insert(phase_);
}

const Rule* Behaviour::decide(const MessageView& request, Duration at) {
  const Rule* winner = nullptr;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    if (!is_active(rule, at) || !meets_keys(rule, request)) continue;
    const bool is_meant = !goes_by_number(rule) || is_counted_in(rule, ordinal_at(i, request));
    if (winner != nullptr || !is_meant || !has_chance(rule)) continue;
    winner = &rule;
    tallies_[i].matched = true;
  }
  return winner;
}

std::uint32_t Behaviour::ordinal_at(std::size_t rule, const MessageView& request) {
  Ordinals& ordinals = seen_[transaction_key(request)];
  ordinals.resize(rules_.size());
  if (ordinals[rule] == 0) ordinals[rule] = ++tallies_[rule].requests;
  return ordinals[rule];
}

bool Behaviour::has_chance(const Rule& rule) {
  return rule.probability >= 1 || rng_.chance(rule.probability);
}

bool Behaviour::is_active(const Rule& rule, Duration at) const {
  return (!rule.phase || *rule.phase == phase_) && at >= rule.from.value_or(at) &&
         (!rule.until || at < *rule.until);
}

template <class Verb>
const Rule* Behaviour::blanket(Duration at) const {
  for (const Rule& rule : rules_) {
    if (!is_active(rule, at)) continue;
    if (!std::holds_alternative<Verb>(rule.verb)) return nullptr;
    if (covers_everything(rule)) return &rule;
  }
  return nullptr;
}

const Rule* Behaviour::silencer(Duration at) const {
  return blanket<scenario::Drop>(at);
}

const Rule* Behaviour::muter(Duration at) const {
  return blanket<scenario::Mute>(at);
}

std::vector<Duration> Behaviour::window_edges() const {
  std::vector<Duration> edges;
  for (const Rule& rule : rules_)
    for (const auto& edge : {rule.from, rule.until})
      if (edge) edges.push_back(*edge);
  return edges;
}

std::vector<const Rule*> Behaviour::unmatched_rules() const {
  std::vector<const Rule*> rules;
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (!tallies_[i].matched && entered_.contains(rules_[i].phase.value_or("")))
      rules.push_back(&rules_[i]);
  return rules;
}

}  // namespace fake_servers
