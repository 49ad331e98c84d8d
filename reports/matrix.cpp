#include "reports/matrix.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "reports/matrix_words.hpp"
#include "reports/page.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using namespace sipharness::campaign;
using sipharness::verdict::Verdict;

constexpr std::size_t name_columns = 44;
constexpr std::size_t cell_columns = 26;

/// A to Z, AA to ZZ, …
std::string letters(std::size_t index) {
  std::string text(1, static_cast<char>('A' + index % 26));
  return index < 26 ? text : letters(index / 26 - 1) + text;
}

bool is_met_by_all(const Line& line) {
  return std::ranges::all_of(
      line.cells, [](const Cell& cell) { return cell.runs == 0 || cell.verdict == Verdict::pass; });
}

std::string table_for_console(const Matrix& matrix, std::string_view title,
                              const std::vector<const Line*>& lines) {
  std::string out = fmt::format("\n{:<{}}", title, name_columns);
  for (std::size_t index = 0; index < matrix.firmwares.size(); ++index)
    out += fmt::format("{:<{}}", letters(index), cell_columns);
  for (const Line* line : lines) {
    out.resize(out.find_last_not_of(' ') + 1);
    out += fmt::format("\n{:<{}}", clipped(line->name, name_columns - 1), name_columns);
    for (const Cell& cell : line->cells) out += fmt::format("{:<{}}", told(cell), cell_columns);
  }
  out.resize(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string cell_in_markdown(const Cell& cell) {
  const std::string worst = margin(cell);
  std::string text = in_markdown(told(cell));
  if (is_violation(cell.verdict)) text = fmt::format("**{}**", text);
  return worst.empty() ? text : fmt::format("{} ({})", text, in_markdown(worst));
}

std::string table_in_markdown(const Matrix& matrix, std::string_view title,
                              const std::vector<Line>& lines) {
  std::string out = fmt::format("\n| {} |", title);
  for (const std::string& firmware : matrix.firmwares)
    out += fmt::format(" {} |", in_markdown(firmware));
  out += "\n|---|";
  for (std::size_t index = 0; index < matrix.firmwares.size(); ++index) out += "---|";
  for (const Line& line : lines) {
    out += fmt::format("\n| {} |", in_markdown(line.name));
    for (const Cell& cell : line.cells) out += fmt::format(" {} |", cell_in_markdown(cell));
  }
  return out + "\n";
}

}  // namespace

std::string console(const Matrix& matrix) {
  std::string out;
  for (std::size_t index = 0; index < matrix.firmwares.size(); ++index)
    out += fmt::format("{:<4}{}\n", letters(index), printable(told_of_firmware(matrix, index)));
  std::vector<const Line*> scenarios;
  for (const Line& line : matrix.scenarios) scenarios.push_back(&line);
  out += table_for_console(matrix, "scenario", scenarios);
  std::vector<const Line*> not_met;
  for (const Line& line : matrix.requirements)
    if (!is_met_by_all(line)) not_met.push_back(&line);
  const std::size_t met = matrix.requirements.size() - not_met.size();
  if (!not_met.empty()) out += table_for_console(matrix, "requirement", not_met);
  if (met > 0)
    out += fmt::format("\n{} met wherever judged\n", sipharness::counted(met, "requirement"));
  return out;
}

std::string markdown(const Matrix& matrix) {
  std::string out;
  for (std::size_t index = 0; index < matrix.firmwares.size(); ++index)
    out += fmt::format("- {}\n", in_markdown(told_of_firmware(matrix, index)));
  return out + table_in_markdown(matrix, "scenario", matrix.scenarios) +
         table_in_markdown(matrix, "requirement", matrix.requirements);
}

}  // namespace reports
