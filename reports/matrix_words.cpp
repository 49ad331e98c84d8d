#include "reports/matrix_words.hpp"

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using namespace sipharness::campaign;
using sipharness::verdict::Verdict;

/// In how many runs it was as the cell says.
std::size_t runs_like(const Cell& cell) {
  if (cell.verdict == Verdict::pass) return cell.passed;
  return is_violation(cell.verdict) ? cell.violated : cell.runs - cell.passed - cell.violated;
}

}  // namespace

std::string told(const Cell& cell) {
  if (cell.runs == 0) return {};
  std::string text = verdict_word(cell.verdict, false);
  if (cell.runs > 1 && runs_like(cell) < cell.runs)
    text += fmt::format(" {} of {}", runs_like(cell), cell.runs);
  return cell.is_flaky ? text + ", flaky" : text;
}

std::string margin(const Cell& cell) {
  return cell.margin ? sipharness::format_seconds(*cell.margin) : std::string();
}

std::string told_of_firmware(const Matrix& matrix, std::size_t firmware) {
  std::size_t all = 0;
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t flaky = 0;
  for (const Line& line : matrix.scenarios) {
    const Cell& cell = line.cells[firmware];
    all += cell.runs > 0 ? 1 : 0;
    passed += cell.verdict == Verdict::pass ? 1 : 0;
    failed += is_violation(cell.verdict) ? 1 : 0;
    flaky += cell.is_flaky ? 1 : 0;
  }
  std::string text = fmt::format("{}: {}, {} passed, {} failed", matrix.firmwares[firmware],
                                 sipharness::counted(all, "scenario"), passed, failed);
  if (flaky > 0) text += fmt::format(" ({} flaky)", flaky);
  if (passed + failed < all) text += fmt::format(", {} inconclusive", all - passed - failed);
  return text;
}

}  // namespace reports
