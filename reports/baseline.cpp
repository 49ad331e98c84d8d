#include "reports/baseline.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/counted.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using namespace sipharness::campaign;
using nlohmann::ordered_json;

std::string line(std::string_view what, const KnownFailure& known) {
  const std::string comment = known.comment.empty() ? "" : fmt::format(" ({})", known.comment);
  return printable(
             fmt::format("  {} {} in {}{}", what, known.requirement, known.scenario, comment)) +
         "\n";
}

}  // namespace

std::string json(const Baseline& baseline) {
  ordered_json known = ordered_json::array();
  for (const KnownFailure& failure : baseline.known) {
    ordered_json entry = {{"requirement", failure.requirement},
                          {"scenario", failure.scenario},
                          {"reason", failure.reason},
                          {"comment", failure.comment}};
    if (!failure.until.empty()) entry["until"] = failure.until;
    known.push_back(std::move(entry));
  }
  const ordered_json document = {{"format", "sipharness-baseline/1"}, {"known", std::move(known)}};
  return printable_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) +
         "\n";
}

std::string told(const Outcome& outcome) {
  std::string text = fmt::format("Baseline: {} accepted\n",
                                 sipharness::counted(outcome.accepted.size(), "known failure"));
  for (const KnownFailure& known : outcome.passing) text += line("passes now:", known);
  for (const KnownFailure& known : outcome.expired)
    text += line(fmt::format("no longer accepted since {}:", known.until), known);
  return text;
}

}  // namespace reports
