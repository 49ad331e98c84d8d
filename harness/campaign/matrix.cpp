#include "harness/campaign/matrix.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/check/checks.hpp"
#include "harness/verdict/run_name.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;

std::string firmware_name(const DeviceInfo& device) {
  return device.user_agent.empty() ? fmt::format("{} without User-Agent", device.kind)
                                   : device.user_agent;
}

bool is_worse_margin(const std::optional<Duration>& one, const std::optional<Duration>& other) {
  return one && (!other || *one < *other);
}

/// Of what was decided: the margin of an occurrence that is inconclusive means nothing.
std::optional<Duration> worst_margin(const Finding& finding) {
  std::optional<Duration> worst;
  for (const Instance& instance : finding.instances)
    if (is_settled(instance.verdict) && is_worse_margin(instance.margin(), worst))
      worst = instance.margin();
  return worst;
}

bool is_judged_row(Verdict verdict) {
  return verdict == Verdict::pass || verdict == Verdict::inconclusive || is_violation(verdict);
}

/// Whether it says more of what the run came to.
bool leads(const Result& result, const Finding& finding, const Finding* than) {
  if (than == nullptr) return true;
  const auto rank = [&](const Finding& one) {
    const bool is_failure =
        one.verdict() == Verdict::fail || (result.strict && is_violation(one.verdict()));
    return std::tuple(is_failure, one.verdict(), one.follows_from.empty());
  };
  return rank(finding) > rank(*than);
}

/// A run as a row of scenarios has it.
Evidence evidence_of(const Result& result, std::size_t run) {
  Evidence evidence{.run = run, .verdict = overall(result), .message = {}, .requirement = {}};
  const Finding* leader = nullptr;
  for (const Finding& finding : result.findings) {
    if (!is_judged_row(finding.verdict())) continue;
    if (leads(result, finding, leader)) leader = &finding;
    const auto margin = worst_margin(finding);
    if (is_worse_margin(margin, evidence.margin)) evidence.margin = margin;
  }
  if (evidence.verdict == Verdict::pass) return evidence;
  if (leader != nullptr && leader->verdict() != Verdict::pass) {
    evidence.requirement = leader->requirement->id;
    evidence.message = leader->worst().message;
  } else {
    evidence.message = result.nothing_judged.empty() ? result.stopped : result.nothing_judged;
  }
  return evidence;
}

Evidence evidence_of(const Finding& finding, std::size_t run) {
  return {.run = run,
          .verdict = finding.verdict(),
          .message = finding.verdict() == Verdict::pass ? "" : finding.worst().message,
          .requirement = {},
          .margin = worst_margin(finding)};
}

bool is_worse(const Evidence& one, const Evidence& other) {
  if (one.verdict != other.verdict)
    return weight_beside_others(one.verdict) > weight_beside_others(other.verdict);
  return is_worse_margin(one.margin, other.margin);
}

}  // namespace

std::size_t MatrixBuilder::firmware(const std::string& name) {
  const auto [at, is_new] = index_.try_emplace(name, matrix_.firmwares.size());
  if (is_new) matrix_.firmwares.push_back(name);
  return at->second;
}

void MatrixBuilder::note(Entry& entry, const std::string& scenario, Evidence evidence) {
  Cell& cell = entry.cell;
  ++cell.runs;
  if (evidence.verdict == Verdict::pass) {
    ++cell.passed;
    entry.passed_in.insert(scenario);
  }
  if (is_violation(evidence.verdict)) {
    ++cell.violated;
    entry.violated_in.insert(scenario);
  }
  if (cell.runs == 1 || weight_beside_others(evidence.verdict) > weight_beside_others(cell.verdict))
    cell.verdict = evidence.verdict;
  if (is_worse_margin(evidence.margin, cell.margin)) cell.margin = evidence.margin;
  cell.evidence.push_back(std::move(evidence));
  std::ranges::stable_sort(cell.evidence, is_worse);
  if (cell.evidence.size() > runs_kept_of_a_cell) cell.evidence.pop_back();
}

void MatrixBuilder::add(const Result& result, const std::string& label, const std::string& page) {
  const std::string scenario = name_of(result);
  const std::size_t run = matrix_.runs.size();
  matrix_.runs.push_back({scenario, result.seed, page});
  std::map<std::string_view, std::size_t> firmware_of_device;
  for (const DeviceInfo& device : result.devices)
    firmware_of_device[device.name] = firmware(label.empty() ? firmware_name(device) : label);
  if (result.devices.empty()) firmware_of_device[{}] = firmware(label.empty() ? "none" : label);
  std::set<std::size_t> firmwares;
  for (const auto& [device, index] : firmware_of_device) firmwares.insert(index);
  for (const std::size_t index : firmwares)
    if (auto& row = scenarios_[scenario]; !is_not_exercised(result))
      note(row[index], scenario, evidence_of(result, run));
  // Devices of one firmware make one run, and the worst of them is what it shows.
  std::map<std::pair<std::string_view, std::size_t>, Evidence> worst;
  for (const Finding& finding : result.findings) {
    const auto of = firmware_of_device.find(finding.device);
    if (of == firmware_of_device.end() || !is_judged_row(finding.verdict())) continue;
    Evidence evidence = evidence_of(finding, run);
    Evidence& known = worst[{finding.requirement->id, of->second}];
    if (is_worse(evidence, known)) known = std::move(evidence);
  }
  for (auto& [row, evidence] : worst)
    note(requirements_[std::string(row.first)][row.second], scenario, std::move(evidence));
}

std::vector<Line> MatrixBuilder::lines_of(Entries entries) const {
  std::vector<Line> lines;
  for (auto& [name, row] : entries) {
    Line line{name, std::vector<Cell>(matrix_.firmwares.size())};
    for (auto& [firmware, entry] : row) {
      entry.cell.is_flaky = std::ranges::any_of(entry.passed_in, [&](const std::string& scenario) {
        return entry.violated_in.contains(scenario);
      });
      line.cells[firmware] = std::move(entry.cell);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Matrix MatrixBuilder::build() && {
  matrix_.scenarios = lines_of(std::move(scenarios_));
  matrix_.requirements = lines_of(std::move(requirements_));
  std::map<std::string_view, std::size_t> rank;
  for (const Requirement* row : check::requirements()) rank.emplace(row->id, rank.size());
  std::ranges::stable_sort(matrix_.requirements, {}, [&](const Line& line) {
    const auto known = rank.find(line.name);
    return known == rank.end() ? rank.size() : known->second;
  });
  return std::move(matrix_);
}

}  // namespace sipharness::campaign
