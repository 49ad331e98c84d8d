// What may excuse a violation: messages that went astray, a host that was late, a device that may
// have been off. Each makes it inconclusive, with the reason.

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/check/judge.hpp"
#include "harness/observed/absences.hpp"
#include "harness/observed/misdirected.hpp"
#include "harness/observed/missing_messages.hpp"
#include "harness/observed/odd_responses.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/withheld_media.hpp"

namespace sipharness::check {
namespace {

using verdict::Instance;
using verdict::Verdict;

/// Instances that cite the same frame are about one occasion, such as the intervals of a series.
std::size_t occasions_in(const std::vector<Instance>& instances) {
  std::set<std::uint32_t> cited;
  std::size_t count = 0;
  for (const Instance& instance : instances) {
    const bool is_known = std::ranges::any_of(
        instance.frames, [&](std::uint32_t frame) { return cited.contains(frame); });
    if (!is_known) ++count;
    cited.insert(instance.frames.begin(), instance.frames.end());
  }
  return count;
}

/// What a violation cites ends in the silence, or with what ended it, or so little before it that
/// the device had not yet to act; and what was measured went on.
bool reaches_into(const observed::Absence& absence, const Instance& violated, const Basis& basis) {
  if (!basis.cited) return false;
  const trace::Span& cited = *basis.cited;
  const bool is_within = cited.from < absence.back &&
                         cited.until + policy::time_to_act >= absence.from &&
                         cited.until <= absence.back + policy::side_by_side;
  return is_within && (!violated.measured || basis.seen.until > absence.from);
}

}  // namespace

bool Judge::is_excusable(std::size_t instance) const {
  return is_violation(instances_[instance].verdict) && !bases_[instance].in_itself;
}

void Judge::allow_for_silent_servers(const std::vector<MissingMessage>& missing) {
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    Instance& instance = instances_[i];
    if (!is_excusable(i)) continue;
    const ServerRole server = trace::role_of(instance.scope.server);
    const auto silent = std::ranges::find_if(missing, [server](const MissingMessage& one) {
      return one.silent != ServerRole::none && (one.silent == server || server == ServerRole::none);
    });
    if (silent != missing.end())
      make_inconclusive(instance, verdict::Blame::user,
                        fmt::format("the capture lacks {}; if the device was not answered, say "
                                    "--vantage device",
                                    silent->what));
  }
}

void Judge::allow_for_misdirected_requests() {
  if (misdirected_requests(phone_).empty()) return;
  const auto blame = phone_.trace.has_journal() ? verdict::Blame::user : verdict::Blame::network;
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    Instance& instance = instances_[i];
    if (!is_settled(instance.verdict) || bases_[i].in_itself) continue;
    const Misdirected* lost = nullptr;
    for (const std::uint32_t frame : instance.frames)
      if (lost == nullptr) lost = misdirected_in_frame(phone_, frame);
    if (lost == nullptr && is_violation(instance.verdict))
      lost = misdirected_in_call(phone_, bases_[i].call_id);
    if (lost != nullptr) make_inconclusive(instance, blame, describe(phone_, *lost));
  }
}

void Judge::allow_for_unusable_responses() {
  const UnusableResponses& unusable = unusable_responses(phone_);
  const auto blame = phone_.trace.has_journal() ? verdict::Blame::user : verdict::Blame::network;
  for (std::size_t i = 0; i < instances_.size() && !unusable.empty(); ++i) {
    const auto response = unusable.find(bases_[i].call_id);
    if (response != unusable.end() && is_excusable(i))
      make_inconclusive(instances_[i], blame, describe_unusable(phone_.message(response->second)));
  }
}

void Judge::allow_for_withheld_media() {
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    const auto& hang_up = bases_[i].own_hang_up;
    if (!hang_up || !is_settled(instances_[i].verdict)) continue;
    std::string reason = may_miss_media(phone_, phone_.message(*hang_up));
    if (!reason.empty()) make_inconclusive(instances_[i], verdict::Blame::user, std::move(reason));
  }
}

void Judge::allow_for_host_lag() {
  const Duration margin = phone_.profile.timers.t1 / 2;
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    if (!is_excusable(i) || instances_[i].measured) continue;
    const Duration lag = phone_.journal.worst_lag(bases_[i].lived.from, bases_[i].lived.until);
    if (lag <= margin) continue;
    make_inconclusive(instances_[i], verdict::Blame::host,
                      fmt::format("the host was {} late meanwhile: what came too often, in another "
                                  "order or not at all may be its doing",
                                  format_seconds(lag, 4)));
  }
}

void Judge::allow_for_departure() {
  for (std::size_t i = 0; i < instances_.size(); ++i)
    if (is_excusable(i) && bases_[i].came_to_nobody)
      make_inconclusive(instances_[i], verdict::Blame::user, std::string(may_be_switched_off));
}

void Judge::allow_for_absences() {
  if (std::ranges::none_of(instances_, verdict::is_violation, &Instance::verdict)) return;
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    if (!is_excusable(i)) continue;
    const auto away = std::ranges::find_if(absences(phone_), [&](const observed::Absence& absence) {
      return reaches_into(absence, instances_[i], bases_[i]);
    });
    if (away != absences(phone_).end())
      make_inconclusive(instances_[i], verdict::Blame::user, describe(*away));
  }
}

void Judge::allow_for_missing_messages() {
  if (std::ranges::none_of(instances_, verdict::is_violation, &Instance::verdict)) return;
  const std::vector<MissingMessage>& missing = missing_messages(phone_);
  if (missing.empty()) return;
  if (phone_.trace.vantage != trace::Vantage::device) allow_for_silent_servers(missing);
  std::vector<Instance> broken;
  for (std::size_t i = 0; i < instances_.size(); ++i)
    if (is_excusable(i)) broken.push_back(instances_[i]);
  const bool is_mixed = std::ranges::any_of(
      instances_, [](const Instance& one) { return one.verdict == Verdict::pass; });
  const std::size_t occasions = occasions_in(broken);
  const bool recurs =
      !is_mixed && occasions >= policy::enough_for_a_habit && occasions > missing.size();
  if (recurs) return;
  std::unordered_map<std::string_view, const MissingMessage*> first_in_call;
  for (const MissingMessage& one : missing) first_in_call.try_emplace(one.call_id, &one);
  const auto of_all = first_in_call.find("");
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    if (!is_excusable(i)) continue;
    const auto one = of_all != first_in_call.end() ? of_all : first_in_call.find(bases_[i].call_id);
    if (one != first_in_call.end())
      make_inconclusive(instances_[i], verdict::Blame::network,
                        "the capture lacks messages: " + one->second->what);
  }
}

}  // namespace sipharness::check
