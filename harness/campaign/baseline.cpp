#include "harness/campaign/baseline.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "harness/campaign/fields.hpp"
#include "harness/campaign/reason.hpp"
#include "harness/verdict/run_name.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;

/// What makes two failures the same one.
using Sameness = std::tuple<std::string, std::string, std::string>;

Sameness sameness_of(const KnownFailure& known) {
  return {known.scenario, known.requirement, reason_of(known.reason)};
}

bool counts_as_failure(const Result& result, Verdict verdict) {
  return verdict == Verdict::fail || (result.strict && verdict == Verdict::warn);
}

KnownFailure failure_of(const Result& result, const Finding& finding, const Instance& instance) {
  return {std::string(finding.requirement->id), name_of(result), instance.message, {}, {}};
}

KnownFailure known_failure(const Fields& from) {
  from.allow({"requirement", "scenario", "reason", "comment", "until"});
  KnownFailure known{from.text("requirement"), from.text("scenario"), from.text("reason"), {}, {}};
  known.comment = from.text_or_absent("comment");
  known.until = from.text_or_absent("until");
  if (!known.until.empty() && !parse_utc(known.until + "T00:00:00.000Z"))
    from.refuse("until", "is no day such as 2026-12-31");
  return known;
}

/// Whether every device of a fleet that has this verdict of the requirement has its finding there.
bool are_all_kept(const Fleet& fleet, const Finding& finding) {
  const auto row = std::ranges::find(fleet.rows, finding.requirement, &FleetRow::requirement);
  return row != fleet.rows.end() &&
         row->devices[static_cast<std::size_t>(finding.verdict())] <= findings_kept_of_fleet;
}

/// Takes what is accepted out of a copy of the batch.
class Holder {
 public:
  Holder(const Baseline& baseline, std::string_view today) : today_(today) {
    for (const KnownFailure& known : baseline.known)
      by_sameness_.emplace(sameness_of(known), &known);
  }

  Outcome hold(Batch batch) && {
    for (Result& result : batch.results)
      for (Finding& finding : result.findings) look_at(result, finding);
    for (const auto& [sameness, known] : by_sameness_) {
      if (accepted_.contains(known)) outcome_.accepted.push_back(*known);
      if (expired_.contains(known)) outcome_.expired.push_back(*known);
      if (passes(*known)) outcome_.passing.push_back(*known);
    }
    outcome_.exit_code = exit_code(batch);
    // What is inconclusive does not hide it; what could not run at all is told as that.
    const bool is_strict = std::ranges::any_of(batch.results, &Result::strict);
    if (is_strict && !outcome_.passing.empty() && outcome_.exit_code != 4) outcome_.exit_code = 1;
    return std::move(outcome_);
  }

 private:
  void look_at(const Result& result, Finding& finding) {
    const std::pair row(name_of(result), std::string(finding.requirement->id));
    if (finding.verdict() == Verdict::pass) passing_.insert(row);
    if (is_violation(finding.verdict())) failing_.insert(row);
    if (!counts_as_failure(result, finding.verdict())) return;
    // What is not kept of many instances or devices is not known to be the same.
    if (finding.instances.total() > finding.instances.size()) return;
    if (result.fleet && !are_all_kept(*result.fleet, finding)) return;
    for (Instance& instance : finding.instances.edit()) {
      if (!counts_as_failure(result, instance.verdict)) continue;
      const auto known = by_sameness_.find(sameness_of(failure_of(result, finding, instance)));
      if (known == by_sameness_.end()) continue;
      const bool is_over = !known->second->until.empty() && known->second->until < today_;
      (is_over ? expired_ : accepted_).insert(known->second);
      if (!is_over) instance.verdict = Verdict::info;
    }
    std::ranges::stable_sort(finding.instances.edit(), std::ranges::greater{}, &Instance::verdict);
  }

  bool passes(const KnownFailure& known) const {
    const std::pair row(known.scenario, known.requirement);
    return passing_.contains(row) && !failing_.contains(row);
  }

  std::string today_;
  std::map<Sameness, const KnownFailure*> by_sameness_;
  std::set<const KnownFailure*> accepted_, expired_;
  std::set<std::pair<std::string, std::string>> passing_, failing_;
  Outcome outcome_;
};

}  // namespace

Expected<Baseline> parse_baseline(std::string_view text, const std::string& file) {
  const auto document = json::parse(text, file);
  if (!document) return tl::unexpected(document.error());
  Reading reading{file};
  const Fields from(*document, reading);
  if (from.text("format") != "sipharness-baseline/1")
    from.refuse("format", "must be sipharness-baseline/1");
  from.allow({"$schema", "format", "known"});
  Baseline baseline;
  for (const json::Value& item : from.items("known"))
    baseline.known.push_back(known_failure(Fields(item, reading)));
  if (reading.error) return tl::unexpected(*reading.error);
  return baseline;
}

Baseline baseline_of(const Batch& batch) {
  Baseline baseline;
  std::set<Sameness> told;
  const auto add = [&](KnownFailure failure) {
    if (told.insert(sameness_of(failure)).second) baseline.known.push_back(std::move(failure));
  };
  for (const Result& result : batch.results)
    for (const Finding& finding : result.findings)
      std::ranges::for_each(finding.instances, [&](const Instance& instance) {
        if (counts_as_failure(result, instance.verdict)) add(failure_of(result, finding, instance));
      });
  return baseline;
}

Outcome hold_against(const Baseline& baseline, const Batch& batch, std::string_view today) {
  return Holder(baseline, today).hold(batch);
}

}  // namespace sipharness::campaign
