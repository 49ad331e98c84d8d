#include "harness/check/judge.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/base/shortened.hpp"
#include "harness/check/not_applicable.hpp"
#include "harness/check/rule.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/guide_claim.hpp"
#include "harness/observed/odd_responses.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/requests.hpp"
#include "harness/observed/withheld_media.hpp"

namespace sipharness::check {
namespace {

using verdict::Instance;
using verdict::Verdict;
using verdict::Window;

/// Distance to the nearest bound, negative outside.
std::optional<Duration> margin_of(Duration measured, const Window& window) {
  std::optional<Duration> margin;
  if (window.min) margin = measured - *window.min;
  if (window.max) margin = std::min(margin.value_or(Duration::max()), *window.max - measured);
  return margin;
}

bool is_inside(Duration measured, const Window& window) {
  if (window.min && (window.min_open ? measured <= *window.min : measured < *window.min))
    return false;
  return !window.max || (window.max_open ? measured < *window.max : measured <= *window.max);
}

std::string describe(const Window& window) {
  if (window.min && window.max)
    return format_seconds(*window.min) + " to " + format_seconds(*window.max);
  if (window.max) return "at most " + format_seconds(*window.max);
  if (window.min) return "at least " + format_seconds(*window.min);
  return "any time";
}

/// A device on our own host is scheduled by it. Whoever started it: packets from a loopback address
/// come from nowhere else.
bool shares_our_host(const Phone& phone) {
  const std::string& kind = phone.profile.kind;
  if (kind == "reference" || kind == "process") return true;
  if (phone.trace.devices.empty()) return false;
  const auto& addresses = phone.trace.devices[phone.device].addresses;
  return std::ranges::any_of(addresses, is_loopback, &Endpoint::address);
}

/// The time that is behind what a verdict cites: from before the first message, which may have been
/// the copy of one that was not captured, to the end, until when something may not have been done.
trace::Span span_of(const Phone& phone, const Evidence& evidence) {
  if (evidence.messages.empty()) return {};
  const auto first = std::ranges::min(evidence.messages);
  return {.from = phone.at(first) - phone.profile.timers.sixty_four_t1()};
}

std::string describe(const trace::UndeliveredAction& undelivered, const Phone& phone) {
  const std::string action =
      undelivered.action.argument.empty()
          ? undelivered.action.verb
          : fmt::format("{} {}", undelivered.action.verb, undelivered.action.argument);
  return fmt::format("the action \"{}\" at {} was not delivered to the device ({})", action,
                     format_seconds(undelivered.at - phone.trace.zero),
                     undelivered.what.empty() ? "its driver reported nothing" : undelivered.what);
}

/// What a rule lays at the harness' door: without a journal there was none, Ctrl-C is its user's,
/// and a journal without an end was cut off by the host.
verdict::Blame blame_in_run(const Phone& phone, verdict::Blame said) {
  if (said != verdict::Blame::harness) return said;
  if (!phone.trace.has_journal()) return verdict::Blame::user;
  const auto ends = phone.journal.all<journal::Ended>();
  if (ends.empty()) return verdict::Blame::host;
  return ends.back().event->reason == "interrupted" ? verdict::Blame::user : said;
}

/// A run that was played as its scenario says did its part: what did not come to pass in it is what
/// the device did not do.
verdict::Blame blame_for_precondition(const Phone& phone, verdict::Blame said) {
  const auto ends = phone.journal.all<journal::Ended>();
  if (!ends.empty() && ends.back().event->reason == "interrupted") return verdict::Blame::user;
  const bool was_played = !ends.empty() && ends.back().event->reason == "completed";
  const verdict::Blame blame = blame_in_run(phone, said);
  return blame == verdict::Blame::harness && was_played ? verdict::Blame::device : blame;
}

std::optional<trace::Span> cited_span(const Phone& phone, const Evidence& evidence) {
  if (evidence.messages.empty()) return std::nullopt;
  const auto [first, last] = std::ranges::minmax(evidence.messages);
  return trace::Span{phone.at(first), phone.at(last)};
}

/// Without a journal: the first message that it cites after the device's last sign of life came too
/// long after that for the device to have been there for sure.
bool came_to_nobody(const Phone& phone, const Evidence& evidence) {
  const auto last = last_sign_of_life(phone);
  if (phone.trace.has_journal() || !last) return false;
  std::optional<CaptureTime> first;
  for (const std::size_t message : evidence.messages)
    if (phone.at(message) > *last)
      first = std::min(first.value_or(phone.at(message)), phone.at(message));
  return first && *first > *last + policy::action_grace;
}

}  // namespace

Judge::Judge(const Phone& phone, const Rule& rule, Collected& collected)
    : phone_(phone),
      rule_(rule),
      instances_(collected.instances),
      bases_(collected.bases),
      kept_(collected.kept) {
  instances_.clear();
  bases_.clear();
}

Instance& Judge::add(Verdict verdict, const Evidence& evidence, std::string message) {
  Instance instance;
  instance.verdict = verdict;
  instance.message = shortened(std::move(message));
  instance.scope = {to_string(evidence.server), shortened(evidence.call_id)};
  instance.frames.reserve(evidence.messages.size() + evidence.frames.size());
  for (const std::size_t index : evidence.messages)
    instance.frames.push_back(phone_.message(index).frame);
  instance.frames.insert(instance.frames.end(), evidence.frames.begin(), evidence.frames.end());
  std::ranges::sort(instance.frames);
  instance.frames.erase(std::ranges::unique(instance.frames).begin(), instance.frames.end());
  if (is_violation(verdict)) instance.message += rewritten_in(phone_, instance.frames);
  bases_.push_back({evidence.server, evidence.call_id, span_of(phone_, evidence),
                    lifetime_of(evidence), evidence.in_itself, evidence.own_hang_up,
                    came_to_nobody(phone_, evidence), cited_span(phone_, evidence)});
  instances_.push_back(std::move(instance));
  return instances_.back();
}

trace::Span Judge::lifetime_of(const Evidence& evidence) const {
  const auto cited = cited_span(phone_, evidence);
  if (!cited) return {phone_.trace.first, phone_.trace.last};
  return {cited->from, cited->until + phone_.profile.timers.sixty_four_t1()};
}

Verdict Judge::violation() const {
  switch (rule_.row.severity) {
    case verdict::Severity::must:
    case verdict::Severity::vendor:
      return Verdict::fail;
    case verdict::Severity::should:
    case verdict::Severity::quality:
      return Verdict::warn;
    case verdict::Severity::info:
      break;
  }
  return Verdict::info;
}

Verdict Judge::fulfilment() const {
  return rule_.row.severity == verdict::Severity::info ? Verdict::info : Verdict::pass;
}

void Judge::pass(const Evidence& evidence, std::string message) {
  add(fulfilment(), evidence, std::move(message));
}

void Judge::violated(const Evidence& evidence, std::string message) {
  add(violation(), evidence, std::move(message));
}

void Judge::warn(const Evidence& evidence, std::string message) {
  add(Verdict::warn, evidence, std::move(message));
}

void Judge::fail(const Evidence& evidence, std::string message) {
  add(Verdict::fail, evidence, std::move(message));
}

void Judge::within(const Evidence& evidence, const Measurement& measurement,
                   std::string_view what) {
  measure(evidence, measurement, what, violation());
}

void Judge::should_be_within(const Evidence& evidence, const Measurement& measurement,
                             std::string_view what) {
  measure(evidence, measurement, what, Verdict::warn);
}

void Judge::measure(const Evidence& evidence, const Measurement& measurement, std::string_view what,
                    Verdict outside) {
  const Window window = tightened(measurement.window);
  const Duration measured = measurement.measured();
  const bool inside = is_inside(measured, window);
  std::string message(what);
  message.append(": ").append(format_seconds(measured));
  message.append(" (expected ").append(describe(window)).append(")");
  Instance& instance = add(inside ? fulfilment() : outside, evidence, std::move(message));
  // What was measured is over; what was not done may have been done later and not be seen.
  trace::Span& seen = bases_.back().seen;
  seen = {std::min(seen.from, measurement.start), measurement.end};
  const std::optional<Duration> margin = margin_of(measured, window);
  std::optional<verdict::Tolerance> tolerance;
  if (measurement.tolerance)
    tolerance = {measurement.tolerance->value, "profile " + phone_.profile.name + ": " +
                                                   std::string(measurement.tolerance->name)};
  instance.measured = verdict::shared({measured, window, margin, std::move(tolerance)});
  if (!margin || !(measurement.host_produced || shares_our_host(phone_))) return;
  const Duration lag = phone_.journal.worst_lag(measurement.start, measurement.end);
  if (lag > std::max(*margin, -*margin))
    make_inconclusive(
        instance, verdict::Blame::host,
        fmt::format("the host was {} late, more than the margin", format_seconds(lag, 4)));
}

void Judge::inconclusive(const Evidence& evidence, verdict::Blame blame, std::string reason) {
  make_inconclusive(add(Verdict::inconclusive, evidence, reason), blame_in_run(phone_, blame),
                    reason);
}

void Judge::not_applicable(std::string_view reason) {
  thread_local NotApplicable said;
  instead_ = said.because(reason);
}

bool Judge::is_asked_for() const {
  return phone_.scenario == nullptr || phone_.expects(rule_.row.id);
}

void Judge::all_held(std::size_t first, std::size_t count) {
  const std::string_view what = rule_.held.what;
  const std::size_t place = what.find("{}");
  std::string message(what.substr(0, place));
  message.append(all_of(count, rule_.held.subject)).append(what.substr(place + 2));
  pass({ServerRole::none, {}, {first}}, std::move(message));
}

void Judge::needs(std::string precondition, verdict::Blame blame) {
  needed_ = {std::move(precondition), blame};
}

Window Judge::tightened(Window window) const {
  if (phone_.scenario == nullptr) return window;
  for (const scenario::Expectation& expectation : phone_.scenario->expect) {
    if (expectation.requirement != rule_.row.id) continue;
    if (expectation.max && (!window.max || *expectation.max < *window.max)) {
      window.max = expectation.max;
      window.max_open = false;
    }
    if (expectation.min && (!window.min || *expectation.min > *window.min)) {
      window.min = expectation.min;
      window.min_open = false;
    }
  }
  return window;
}

bool Judge::is_unclaimed_vendor_row() const {
  return rule_.row.severity == verdict::Severity::vendor && !claims_guide(phone_);
}

void Judge::make_inconclusive(Instance& instance, verdict::Blame blame, std::string reason) const {
  instance.verdict = Verdict::inconclusive;
  instance.blame = blame;
  instance.reason = shortened(std::move(reason));
}

void Judge::record(const std::vector<Verdict>& judged) {
  // What the guide leaves open of a phone that does not claim it keeps no capture from a verdict.
  const auto counts = [&](Verdict verdict) {
    return is_settled(verdict) || (verdict == Verdict::inconclusive && !phone_.trace.has_journal());
  };
  for (std::size_t index = 0; index < judged.size(); ++index) {
    if (!counts(judged[index])) continue;
    Instance& instance = instances_[index];
    const bool is_broken = is_violation(instance.verdict);
    instance.verdict = Verdict::info;
    instance.blame.reset();
    instance.reason = is_broken ? unclaimed_and_broken : unclaimed_guide;
  }
}

void Judge::conclude_unexercised() {
  const Needs& needs = rule_.needs;
  if (!rule_.setting.empty() && !phone_.profile.has_setting(rule_.setting))
    return not_applicable(fmt::format("the device has no setting {}", rule_.setting));
  const std::string_view waiver = needs.waived != nullptr ? needs.waived(phone_) : "";
  if (!waiver.empty()) return not_applicable(waiver);
  const bool is_asked = phone_.expects(rule_.row.id);
  if (!is_asked && !needed_) {
    instead_ = rule_.unexercised.lent();
    return;
  }
  const std::string reason =
      fmt::format("{}{}", not_exercised, needed_ ? std::string_view(needed_->what) : needs.what);
  if (!is_asked) return not_applicable(reason);
  if (const trace::UndeliveredAction* lost = undelivered_action(phone_))
    return inconclusive({}, verdict::Blame::user,
                        fmt::format("{}; {}", reason, describe(*lost, phone_)));
  const bool is_withheld = needs.withheld != nullptr && needs.withheld(phone_);
  if (const std::string& missed = missed_media(phone_); !is_withheld && !missed.empty())
    return inconclusive({}, verdict::Blame::user, fmt::format("{}; {}", reason, missed));
  inconclusive({}, is_withheld ? verdict::Blame::device : blame_for_precondition(phone_, blame()),
               reason);
}

verdict::Blame Judge::blame() const {
  if (needed_) return needed_->blame;
  return rule_.needs.blamed ? rule_.needs.blamed(phone_) : rule_.needs.blame;
}

verdict::Instances Judge::finish() && {
  if (instances_.empty() && instead_.empty()) conclude_unexercised();
  if (instances_.empty()) return std::move(instead_);
  std::vector<Verdict> judged;
  if (is_unclaimed_vendor_row())
    std::ranges::transform(instances_, std::back_inserter(judged), &Instance::verdict);
  heed_faults();
  if (!rule_.is_about_content) {
    allow_for_misdirected_requests();
    allow_for_unusable_responses();
    allow_for_withheld_media();
    allow_for_host_lag();
    allow_for_departure();
    allow_for_absences();
    allow_for_missing_messages();
  }
  record(judged);
  if (!std::ranges::is_sorted(instances_, std::ranges::greater(), &Instance::verdict))
    std::ranges::stable_sort(instances_, std::ranges::greater(), &Instance::verdict);
  // As many as there are: a finding is kept for long. Another may follow from each violation.
  const bool is_broken = is_violation(instances_.front().verdict);
  const std::size_t kept = is_broken ? instances_.size() : std::min(kept_, instances_.size());
  const std::move_iterator first(instances_.begin());
  verdict::Instances worst = std::vector(first, first + static_cast<std::ptrdiff_t>(kept));
  if (kept < instances_.size()) worst.set_total(instances_.size());
  return worst;
}

void violated_unless_lost(const Phone& phone, Judge& judge, const Evidence& evidence,
                          const std::string& message) {
  if (phone.trace.vantage == trace::Vantage::device) return judge.violated(evidence, message);
  judge.inconclusive(evidence, verdict::Blame::network,
                     message +
                         "; but the capture was not taken at the device, and packets may "
                         "have been lost between");
}

}  // namespace sipharness::check
