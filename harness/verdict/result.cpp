#include "harness/verdict/result.hpp"

#include <algorithm>
#include <functional>

namespace sipharness::verdict {
namespace {

/// What a finding contributes to the verdict of the run: fail, inconclusive or pass.
Verdict weight(const Finding& finding, bool strict) {
  switch (finding.verdict()) {
    case Verdict::fail:
      return Verdict::fail;
    case Verdict::inconclusive:
      return Verdict::inconclusive;
    case Verdict::warn:
      return strict ? Verdict::fail : Verdict::pass;
    case Verdict::not_applicable:
    case Verdict::info:
    case Verdict::pass:
      break;
  }
  return Verdict::pass;
}

bool is_partial(const Result& result) {
  const bool was_unwell = result.before && !result.before->ok;
  return result.interrupted || !result.stopped.empty() || was_unwell ||
         result.capture.health == "incomplete";
}

}  // namespace

Verdict overall(const Result& result) {
  const bool is_open = is_partial(result) || !result.nothing_judged.empty();
  Verdict worst = is_open ? Verdict::inconclusive : Verdict::pass;
  for (const Finding& finding : result.findings)
    worst = std::max(worst, weight(finding, result.strict));
  return worst;
}

bool is_not_exercised(const Result& result) {
  return result.rows_named && !result.nothing_judged.empty() && !is_partial(result);
}

int exit_code(const Result& result) {
  switch (overall(result)) {
    case Verdict::fail:
      return 1;
    case Verdict::inconclusive:
      return 3;
    default:
      return 0;
  }
}

int exit_code(const std::vector<Result>& results) {
  const bool is_exercised = !std::ranges::all_of(results, is_not_exercised);
  const auto any = [&](int code) {
    return std::ranges::any_of(results, [&](const Result& result) {
      return exit_code(result) == code && !(is_exercised && is_not_exercised(result));
    });
  };
  if (any(1)) return 1;
  return any(3) ? 3 : 0;
}

std::array<std::size_t, 6> counts(const Result& result) {
  std::array<std::size_t, 6> counted{};
  if (result.fleet) {
    for (const FleetRow& row : result.fleet->rows)
      std::ranges::transform(counted, row.devices, counted.begin(), std::plus());
    return counted;
  }
  for (const Finding& finding : result.findings)
    ++counted.at(static_cast<std::size_t>(finding.verdict()));
  return counted;
}

std::set<std::string> devices_told(const Result& result) {
  std::set<std::string> told;
  if (result.fleet)
    for (const Finding& finding : result.findings) told.insert(finding.device);
  else
    for (const DeviceInfo& device : result.devices) told.insert(device.name);
  return told;
}

bool is_expected(const Result& result, const Finding& finding) {
  return result.scenario.empty() ||
         std::ranges::find(result.expected, finding.requirement->id) != result.expected.end();
}

std::string_view to_string(NotRun::Kind kind) {
  switch (kind) {
    case NotRun::Kind::cut_short:
      return "cut_short";
    case NotRun::Kind::left_out:
      return "left_out";
    case NotRun::Kind::could_not:
      break;
  }
  return "could_not";
}

Verdict overall(const Batch& batch) {
  const auto was_to_run = [](const NotRun& one) { return one.kind != NotRun::Kind::left_out; };
  const bool is_open = batch.results.empty() || std::ranges::any_of(batch.not_run, was_to_run);
  switch (exit_code(batch.results)) {
    case 1:
      return Verdict::fail;
    case 3:
      return Verdict::inconclusive;
    default:
      return is_open ? Verdict::inconclusive : Verdict::pass;
  }
}

int exit_code(const Batch& batch) {
  const auto could_not = [](const NotRun& one) { return one.kind == NotRun::Kind::could_not; };
  if (std::ranges::any_of(batch.not_run, could_not)) return 4;
  const Verdict verdict = overall(batch);
  if (verdict == Verdict::fail) return 1;
  return verdict == Verdict::inconclusive ? 3 : 0;
}

}  // namespace sipharness::verdict
