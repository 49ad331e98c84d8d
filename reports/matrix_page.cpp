// The page of a matrix: what its script draws.

#include <map>
#include <string_view>

#include <nlohmann/json.hpp>

#include "reports/html_assets.hpp"
#include "reports/matrix.hpp"
#include "reports/matrix_words.hpp"
#include "reports/self_contained.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;
using namespace sipharness::campaign;

/// Thousands of cells say the same few things: each text stands in the page once.
class Texts {
 public:
  std::size_t index_of(const std::string& text) {
    const auto [at, is_new] = index_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    return at->second;
  }
  const ordered_json& all() const { return texts_; }

 private:
  std::map<std::string, std::size_t> index_;
  ordered_json texts_ = ordered_json::array();
};

ordered_json drawn_margin(const std::optional<sipharness::Duration>& margin) {
  return margin ? ordered_json(sipharness::to_seconds(*margin)) : ordered_json(nullptr);
}

ordered_json drawn_cell(const Cell& cell, Texts& texts) {
  if (cell.runs == 0) return nullptr;
  ordered_json evidence = ordered_json::array();
  for (const Evidence& one : cell.evidence)
    evidence.push_back({one.run, to_string(one.verdict), drawn_margin(one.margin),
                        texts.index_of(one.requirement), texts.index_of(one.message)});
  return {{"verdict", to_string(cell.verdict)},
          {"told", texts.index_of(told(cell))},
          {"margin", drawn_margin(cell.margin)},
          {"flaky", cell.is_flaky},
          {"runs", cell.runs},
          {"evidence", std::move(evidence)}};
}

ordered_json drawn_lines(const std::vector<Line>& lines, Texts& texts) {
  ordered_json out = ordered_json::array();
  for (const Line& line : lines) {
    ordered_json cells = ordered_json::array();
    for (const Cell& cell : line.cells) cells.push_back(drawn_cell(cell, texts));
    out.push_back({{"name", line.name}, {"cells", std::move(cells)}});
  }
  return out;
}

}  // namespace

std::string matrix_page(const Matrix& matrix) {
  Texts texts;
  ordered_json firmwares = ordered_json::array();
  for (std::size_t index = 0; index < matrix.firmwares.size(); ++index)
    firmwares.push_back(
        {{"name", matrix.firmwares[index]}, {"told", told_of_firmware(matrix, index)}});
  ordered_json runs = ordered_json::array();
  for (const Matrix::Run& run : matrix.runs)
    runs.push_back({texts.index_of(run.scenario), run.seed, run.page});
  ordered_json scenarios = drawn_lines(matrix.scenarios, texts);
  ordered_json requirements = drawn_lines(matrix.requirements, texts);
  return self_contained(assets::matrix_sections, assets::matrix_script,
                        {{"format", "sipharness-matrix/1"},
                         {"firmwares", std::move(firmwares)},
                         {"runs", std::move(runs)},
                         {"scenarios", std::move(scenarios)},
                         {"requirements", std::move(requirements)},
                         {"texts", texts.all()}});
}

}  // namespace reports
