// The end of a batch: what a person wants to know first when twelve scenarios have scrolled by.

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/campaign/repeats.hpp"
#include "reports/page.hpp"
#include "reports/repeats_words.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using sipharness::counted;
using sipharness::Duration;
using namespace sipharness::verdict;
using sipharness::campaign::Flaky;
using sipharness::campaign::Repeats;
using sipharness::campaign::Spread;

/// policy: so many requirements of a scenario are named; its own report has all.
constexpr std::size_t most_batch_rows = 6;

/// A line of the table, without its verdict and scenario.
struct BatchRow {
  std::string requirement;
  std::string reason;
};

/// What keeps a run from a verdict although no requirement failed.
std::string batch_trouble_of(const Result& result) {
  if (result.interrupted) return "interrupted: judged as far as it was seen";
  if (result.before && !result.before->ok)
    return "before the fault, with healthy servers: " + result.before->reason;
  if (!result.stopped.empty()) return "timeline stopped at " + result.stopped;
  if (!result.nothing_judged.empty()) return "nothing was judged: " + result.nothing_judged;
  return result.capture.faults.empty() ? std::string() : result.capture.faults.front();
}

bool counts_in_batch_as(const Finding& finding, Verdict verdict, bool strict) {
  const bool is_failure = strict && verdict == Verdict::fail && finding.verdict() == Verdict::warn;
  return finding.follows_from.empty() && (finding.verdict() == verdict || is_failure);
}

std::vector<BatchRow> batch_rows_of(const Result& result) {
  const Verdict verdict = overall(result);
  std::vector<BatchRow> rows;
  const std::string trouble = batch_trouble_of(result);
  if (verdict == Verdict::inconclusive && !trouble.empty()) rows.push_back({"", trouble});
  std::size_t more = 0;
  for (const Finding& finding : result.findings) {
    if (!counts_in_batch_as(finding, verdict, result.strict)) continue;
    if (rows.size() == most_batch_rows)
      ++more;
    else
      rows.push_back({std::string(finding.requirement->id), finding.worst().message});
  }
  if (more > 0)
    rows.push_back({"", fmt::format("and {} like these", counted(more, "more finding"))});
  return rows;
}

std::string expected_by(const Window& window) {
  const auto number = [](Duration d) { return fmt::format("{:.3f}", sipharness::to_seconds(d)); };
  const Duration min = window.min.value_or(Duration::zero());
  if (!window.max) return ">= " + number(min);
  return min == Duration::zero() ? "<= " + number(*window.max)
                                 : number(min) + ".." + number(*window.max);
}

/// policy: so many windows of one scenario are told; a requirement whose window follows from what
/// was measured before has a new one each time.
constexpr std::size_t most_spreads = 40;

class BatchSummary {
 public:
  BatchSummary(const Batch& batch, const BatchSummaryOptions& options)
      : batch_(batch), options_(options), repeats_(sipharness::campaign::repeats_of(batch)) {}

  std::string write() {
    write_counts();
    write_table();
    for (const Repeats& repeats : repeats_) write_repeats(repeats);
    return std::move(out_);
  }

 private:
  void line(const std::string& text) {
    out_ += options_.width > 0 ? clipped(text, options_.width) : sipharness::printable(text);
    out_ += '\n';
  }

  /// Whether a result that does not exercise what was named stands beside one that does.
  bool is_aside(const Result& result) const {
    return is_not_exercised(result) && !std::ranges::all_of(batch_.results, is_not_exercised);
  }

  void write_counts() {
    std::map<Verdict, std::size_t> counted_verdicts;
    std::size_t aside = 0;
    for (const Result& result : batch_.results) {
      ++counted_verdicts[overall(result)];
      aside += is_not_exercised(result);
    }
    const std::size_t all = batch_.results.size() + batch_.not_run.size();
    std::string text =
        fmt::format("{} of {} scenarios passed", counted_verdicts[Verdict::pass], all);
    const auto add = [&text](std::size_t count, std::string_view what) {
      if (count > 0) text += fmt::format(", {} {}", count, what);
    };
    add(counted_verdicts[Verdict::fail], "failed");
    add(counted_verdicts[Verdict::inconclusive] - aside, "inconclusive");
    add(aside, "did not exercise the requirements named");
    add(batch_.not_run.size(), "did not run");
    line(text);
  }

  void write_table() {
    bool is_first = true;
    const auto begin = [&] {
      if (std::exchange(is_first, false)) out_ += '\n';
    };
    for (const Verdict verdict : {Verdict::fail, Verdict::inconclusive})
      for (const Result& result : batch_.results) {
        if (overall(result) != verdict || is_aside(result)) continue;
        begin();
        write_result(result);
      }
    for (const NotRun& one : batch_.not_run) {
      begin();
      line(fmt::format("  NOT RUN  {}  {}", one.scenario, one.why));
    }
  }

  void write_result(const Result& result) {
    const std::string seed = !repeats_.empty() ? fmt::format(" (seed {})", result.seed) : "";
    out_ += fmt::format("  {}  {}{}\n", verdict_word(overall(result), options_.colour),
                        sipharness::printable(full_name(result)), seed);
    for (const BatchRow& row : batch_rows_of(result)) {
      const std::string id = row.requirement.empty() ? "" : fmt::format("{:<18} ", row.requirement);
      line("      " + id + row.reason);
    }
  }

  // --- Scenarios that ran several times ----------------------------------------------------------

  void write_repeats(const Repeats& repeats) {
    out_ += '\n';
    line(fmt::format("  {}: {} of {} passed", repeats.scenario, repeats.passed, repeats.runs));
    for (const Flaky& row : repeats.flaky) line("  FLAKY " + told(row));
    const std::vector<Spread>& spreads = repeats.spreads;
    if (!spreads.empty())
      line(fmt::format("  {:<20}{:>18}{:>4}{:>9}{:>9}{:>9}{:>9}", "measured, in seconds",
                       "expected", "n", "min", "median", "p95", "max"));
    for (std::size_t index = 0; index < std::min(most_spreads, spreads.size()); ++index)
      write_spread(spreads[index]);
    if (spreads.size() > most_spreads)
      line(fmt::format("  and {} more windows", spreads.size() - most_spreads));
  }

  void write_spread(const Spread& spread) {
    const auto at = [&](std::size_t percent) {
      return sipharness::to_seconds(spread.percentile(percent));
    };
    line(fmt::format("  {:<20}{:>18}{:>4}{:>9.3f}{:>9.3f}{:>9.3f}{:>9.3f}", spread.requirement,
                     expected_by(spread.window), spread.measured.size(), at(0), at(50), at(95),
                     at(100)));
  }

  const Batch& batch_;
  const BatchSummaryOptions& options_;
  const std::vector<Repeats> repeats_;
  std::string out_;
};

}  // namespace

std::string batch_summary(const Batch& batch, const BatchSummaryOptions& options) {
  return BatchSummary(batch, options).write();
}

}  // namespace reports
