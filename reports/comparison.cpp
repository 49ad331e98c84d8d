#include "reports/comparison.hpp"

#include <fmt/color.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/comparison_words.hpp"
#include "reports/page.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using namespace sipharness::campaign;
using nlohmann::ordered_json;
using sipharness::verdict::Verdict;

fmt::terminal_color colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return fmt::terminal_color::red;
    case Verdict::inconclusive:
      return fmt::terminal_color::magenta;
    default:
      return fmt::terminal_color::green;
  }
}

void add_scenarios(Page& page, std::string_view label, const std::vector<std::string>& scenarios) {
  if (!scenarios.empty())
    page.line(label, printable(fmt::format("{}", fmt::join(scenarios, ", "))));
}

void add_change(Page& page, const Change& change) {
  page.line("  ", fmt::format("{} {}", change.requirement->id, where(change)));
  page.line("    before  ", told(change.before));
  page.line("    after   ", told(change.after));
  if (const std::string moved = move(change); !moved.empty()) page.line("    took    ", moved);
}

ordered_json side_json(const Side& side) {
  ordered_json out = {{"verdict", to_string(side.verdict)},
                      {"runs", side.runs},
                      {"violated", side.violated},
                      {"message", side.message},
                      {"frames", side.frames}};
  out["measured_s"] =
      side.measured ? ordered_json(sipharness::to_seconds(*side.measured)) : ordered_json(nullptr);
  return out;
}

ordered_json firmware_json(const Firmware& firmware) {
  const auto time = [](const auto& at) {
    return at ? ordered_json(sipharness::format_utc(*at)) : ordered_json(nullptr);
  };
  return {{"runs", firmware.runs},         {"user_agents", firmware.user_agents},
          {"macs", firmware.macs},         {"profiles", firmware.profiles},
          {"kinds", firmware.kinds},       {"harnesses", firmware.harnesses},
          {"first", time(firmware.first)}, {"last", time(firmware.last)}};
}

ordered_json change_json(const Change& change) {
  return {{"kind", to_string(change.kind)},
          {"scenario", change.scenario},
          {"device", change.device},
          {"requirement", change.requirement->id},
          {"before", side_json(change.before)},
          {"after", side_json(change.after)},
          {"tolerance_s", sipharness::to_seconds(change.tolerance)}};
}

}  // namespace

std::string console(const Comparison& comparison, const ComparisonOptions& options) {
  std::string head = summary(comparison);
  if (options.colour)
    head = fmt::format(fmt::fg(colour_of(overall(comparison))) | fmt::emphasis::bold, "{}", head);
  if (options.quiet) return head + "\n";
  Page page(options.width);
  page.line("before  ", who(comparison.before));
  page.line("after   ", who(comparison.after));
  for (const std::string& caution : comparison.cautions) page.line("note    ", caution);
  const Change* last = nullptr;
  for (const Change& change : comparison.changes) {
    if (last == nullptr || last->kind != change.kind) {
      page.gap();
      page.line("", to_string(change.kind));
    }
    add_change(page, change);
    last = &change;
  }
  if (!comparison.only_before.empty() || !comparison.only_after.empty()) page.gap();
  add_scenarios(page, "not run again  ", comparison.only_before);
  add_scenarios(page, "not run before  ", comparison.only_after);
  return head + "\n" + std::move(page).text();
}

std::string json(const Comparison& comparison) {
  ordered_json changes = ordered_json::array();
  for (const Change& change : comparison.changes) changes.push_back(change_json(change));
  const ordered_json document = {{"format", "sipharness-comparison/1"},
                                 {"verdict", to_string(overall(comparison))},
                                 {"before", firmware_json(comparison.before)},
                                 {"after", firmware_json(comparison.after)},
                                 {"cautions", comparison.cautions},
                                 {"unchanged", comparison.unchanged},
                                 {"still_undecided", comparison.still_undecided},
                                 {"not_run_again", comparison.only_before},
                                 {"not_run_before", comparison.only_after},
                                 {"changes", std::move(changes)}};
  return printable_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) +
         "\n";
}

std::string markdown(const Comparison& comparison) {
  std::string out = fmt::format("**{}**\n\n", in_markdown(summary(comparison)));
  out += fmt::format("- before: {}\n- after: {}\n", in_markdown(who(comparison.before)),
                     in_markdown(who(comparison.after)));
  for (const std::string& note : notes(comparison)) out += fmt::format("- {}\n", in_markdown(note));
  if (comparison.changes.empty()) return out;
  out += "\n| change | requirement | scenario | before | after |\n|---|---|---|---|---|\n";
  for (const Change& change : comparison.changes) {
    std::string after = told(change.after);
    if (const std::string moved = move(change); !moved.empty()) after += "; " + moved;
    out += fmt::format("| {} | {} | {} | {} | {} |\n", to_string(change.kind),
                       in_markdown(change.requirement->id), in_markdown(where(change)),
                       in_markdown(told(change.before)), in_markdown(after));
  }
  return out;
}

}  // namespace reports
