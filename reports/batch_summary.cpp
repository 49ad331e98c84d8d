// The end of a batch: what a person wants to know first when twelve scenarios have scrolled by.

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "reports/page.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using sipharness::counted;
using sipharness::Duration;
using namespace sipharness::verdict;

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

/// What was measured against one window of one requirement: its retransmissions each have their
/// own.
struct Spread {
  std::string_view requirement;
  Duration min{};
  std::optional<Duration> max{};
  std::vector<Duration> all{};

  bool is_of(const Finding& finding, const Window& window) const {
    return requirement == finding.requirement->id && min == window.min.value_or(Duration::zero()) &&
           max == window.max;
  }
  std::string expected() const {
    const auto number = [](Duration d) { return fmt::format("{:.3f}", sipharness::to_seconds(d)); };
    if (!max) return ">= " + number(min);
    return min == Duration::zero() ? "<= " + number(*max) : number(min) + ".." + number(*max);
  }
};

void add_measured(const Finding& finding, std::vector<Spread>& spreads) {
  for (const Instance& instance : finding.instances) {
    if (!instance.measured || !instance.window) continue;
    const Window& window = *instance.window;
    auto spread = std::ranges::find_if(
        spreads, [&](const Spread& one) { return one.is_of(finding, window); });
    if (spread == spreads.end())
      spread = spreads.insert(spread, Spread{finding.requirement->id,
                                             window.min.value_or(Duration::zero()), window.max});
    spread->all.push_back(*instance.measured);
  }
}

/// policy: so many windows of one scenario are told; a requirement whose window follows from what
/// was measured before has a new one each time.
constexpr std::size_t most_spreads = 40;

class BatchSummary {
 public:
  BatchSummary(const Batch& batch, const BatchSummaryOptions& options)
      : batch_(batch), options_(options) {}

  std::string write() {
    write_counts();
    write_table();
    if (options_.is_repeated) write_repeats();
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
    const std::string seed = options_.is_repeated ? fmt::format(" (seed {})", result.seed) : "";
    out_ += fmt::format("  {}  {}{}\n", verdict_word(overall(result), options_.colour),
                        sipharness::printable(full_name(result)), seed);
    for (const BatchRow& row : batch_rows_of(result)) {
      const std::string id = row.requirement.empty() ? "" : fmt::format("{:<18} ", row.requirement);
      line("      " + id + row.reason);
    }
  }

  // --- Scenarios that ran several times ----------------------------------------------------------

  void write_repeats() {
    std::vector<std::string> names;
    std::map<std::string, std::vector<const Result*>> runs;
    for (const Result& result : batch_.results) {
      auto& those = runs[full_name(result)];
      if (those.empty()) names.push_back(full_name(result));
      those.push_back(&result);
    }
    for (const std::string& name : names) write_spread(name, runs[name]);
  }

  void write_spread(const std::string& name, const std::vector<const Result*>& runs) {
    const auto passed = std::ranges::count_if(
        runs, [](const Result* run) { return overall(*run) == Verdict::pass; });
    out_ += '\n';
    line(fmt::format("  {}: {} of {} passed", name, passed, runs.size()));
    std::vector<Spread> spreads;
    for (const Result* run : runs)
      for (const Finding& finding : run->findings) add_measured(finding, spreads);
    if (!spreads.empty())
      line(fmt::format("  {:<20}{:>18}{:>4}{:>9}{:>9}{:>9}{:>9}", "measured, in seconds",
                       "expected", "n", "min", "median", "p95", "max"));
    for (std::size_t index = 0; index < std::min(most_spreads, spreads.size()); ++index)
      write_spread(spreads[index]);
    if (spreads.size() > most_spreads)
      line(fmt::format("  and {} more windows", spreads.size() - most_spreads));
  }

  void write_spread(Spread& spread) {
    std::ranges::sort(spread.all);
    const auto at = [&](std::size_t percent) {
      return sipharness::to_seconds(spread.all[(spread.all.size() - 1) * percent / 100]);
    };
    line(fmt::format("  {:<20}{:>18}{:>4}{:>9.3f}{:>9.3f}{:>9.3f}{:>9.3f}", spread.requirement,
                     spread.expected(), spread.all.size(), at(0), at(50), at(95), at(100)));
  }

  const Batch& batch_;
  const BatchSummaryOptions& options_;
  std::string out_;
};

}  // namespace

std::string batch_summary(const Batch& batch, const BatchSummaryOptions& options) {
  return BatchSummary(batch, options).write();
}

}  // namespace reports
