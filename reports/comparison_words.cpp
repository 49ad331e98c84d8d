#include "reports/comparison_words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "reports/comparison.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using namespace sipharness::campaign;
using sipharness::verdict::Verdict;

/// policy: so many names of a side are told.
constexpr std::size_t most_names = 4;

std::string names(const std::set<std::string>& all) {
  std::vector<std::string> some;
  for (const std::string& name : all)
    if (some.size() < most_names) some.push_back(name);
  std::string text = fmt::format("{}", fmt::join(some, ", "));
  if (all.size() > some.size()) text += fmt::format(" and {} more", all.size() - some.size());
  return text;
}

std::string day(sipharness::CaptureTime at) {
  return sipharness::format_utc(at).substr(0, 10);
}

std::string when(const Firmware& firmware) {
  if (!firmware.first) return {};
  const std::string first = day(*firmware.first);
  const std::string last = day(*firmware.last);
  return first == last ? " of " + first : fmt::format(" of {} to {}", first, last);
}

}  // namespace

std::string_view headline(const Comparison& comparison) {
  switch (overall(comparison)) {
    case Verdict::fail:
      return "WORSE";
    case Verdict::inconclusive:
      return "UNDECIDED";
    default:
      return "NO WORSE";
  }
}

std::vector<std::string> notes(const Comparison& comparison) {
  std::vector<std::string> all = comparison.cautions;
  for (const std::string& scenario : comparison.only_before)
    all.push_back("not run again: " + scenario);
  for (const std::string& scenario : comparison.only_after)
    all.push_back("not run before: " + scenario);
  return all;
}

std::string who(const Firmware& firmware) {
  if (firmware.runs == 0) return "no run";
  const auto& named = firmware.user_agents.empty() ? firmware.kinds : firmware.user_agents;
  std::string text = names(named);
  if (!firmware.macs.empty()) text += ", MAC " + names(firmware.macs);
  if (!firmware.profiles.empty()) text += ", profile " + names(firmware.profiles);
  text += fmt::format("; {}{}", sipharness::counted(firmware.runs, "run"), when(firmware));
  if (!firmware.harnesses.empty()) text += ", judged by " + names(firmware.harnesses);
  return printable(text);
}

std::string where(const Change& change) {
  return printable(change.device.empty() ? change.scenario
                                         : fmt::format("{} ({})", change.scenario, change.device));
}

std::string told(const Side& side) {
  if (side.message.empty()) return "not judged";
  std::string text = verdict_word(side.verdict, false);
  if (side.runs > 1) text += fmt::format(" ({} of {} runs)", side.violated, side.runs);
  text += ": " + side.message;
  if (!side.frames.empty()) text += ", " + frame_list(side.frames, 3);
  return printable(text);
}

std::string move(const Change& change) {
  if (!change.before.measured || !change.after.measured) return {};
  return fmt::format("{}, then {} (tolerance {})",
                     sipharness::format_seconds(*change.before.measured),
                     sipharness::format_seconds(*change.after.measured),
                     sipharness::format_seconds(change.tolerance));
}

std::string summary(const Comparison& comparison) {
  std::string text(headline(comparison));
  text += ": ";
  auto from = comparison.changes.begin();
  while (from != comparison.changes.end()) {
    const auto until = std::ranges::find_if(
        from, comparison.changes.end(), [&](const Change& one) { return one.kind != from->kind; });
    text += fmt::format("{} {}, ", until - from, to_string(from->kind));
    from = until;
  }
  text += fmt::format("{} as before", comparison.unchanged);
  if (comparison.still_undecided > 0)
    text += fmt::format(", {} still undecided", comparison.still_undecided);
  if (!comparison.only_before.empty())
    text += fmt::format("; {} not run again",
                        sipharness::counted(comparison.only_before.size(), "scenario"));
  return text;
}

}  // namespace reports
