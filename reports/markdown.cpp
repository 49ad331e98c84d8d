// Results for a CI job's summary, and as annotations of its log.

#include <fmt/format.h>

#include "reports/report.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using namespace sipharness::verdict;

/// @source GitHub Docs, "Workflow commands for GitHub Actions" (escaping of data and properties)
std::string in_command(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '%' || (is_property && (c == ':' || c == ',')))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

/// What only follows is not told, nor, where something failed, what could not be judged beside it.
bool is_told(const Result& result, const Finding& finding) {
  if (!finding.follows_from.empty()) return false;
  return is_violation(finding.verdict()) ||
         (finding.verdict() == Verdict::inconclusive && overall(result) == Verdict::inconclusive);
}

}  // namespace

std::string markdown(const Batch& batch) {
  std::string out = "| verdict | scenario | what |\n|---|---|---|\n";
  for (const Result& result : batch.results)
    out += fmt::format("| {} | {} | {} |\n", to_string(overall(result)),
                       in_markdown(name_of(result)), in_markdown(summary(result)));
  for (const Result& result : batch.results) {
    if (overall(result) == Verdict::pass) continue;
    out += fmt::format("\n### {}\n\n", in_markdown(name_of(result)));
    for (const Finding& finding : result.findings)
      if (is_told(result, finding))
        out += fmt::format("- **{} {}** {} {}{}\n", to_string(finding.verdict()),
                           finding.requirement->id, in_markdown(finding.worst().message),
                           in_markdown(fmt::format("[{}] ", finding.requirement->clause)),
                           in_markdown(frame_list(finding.worst().frames)));
  }
  return out;
}

std::string github_annotations(const Batch& batch) {
  std::string out;
  for (const Result& result : batch.results) {
    for (const Finding& finding : result.findings) {
      if (!is_told(result, finding)) continue;
      const std::string_view level = finding.verdict() == Verdict::fail ? "error" : "warning";
      out += fmt::format(
          "::{} title={}::{}\n", level,
          in_command(fmt::format("{} in {}", finding.requirement->id, name_of(result)), true),
          in_command(finding.worst().message, false));
    }
  }
  return out;
}

}  // namespace reports
