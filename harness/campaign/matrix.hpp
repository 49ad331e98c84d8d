#pragma once
// Many runs as two tables: scenario by firmware and requirement by firmware.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/verdict/result.hpp"

namespace sipharness::campaign {

/// policy: so many runs of a cell are kept, the worst; all are counted.
inline constexpr std::size_t runs_kept_of_a_cell = 8;

/// What one run says of a row.
struct Evidence {
  std::size_t run = 0;  ///< index of Matrix::runs
  verdict::Verdict verdict = verdict::Verdict::not_applicable;
  std::string message;               ///< of the finding that leads
  std::string requirement;           ///< of that finding; empty: the row is the requirement
  std::optional<Duration> margin{};  ///< to the nearest end of a window; negative: outside
};

/// What all runs of one firmware say of a row.
struct Cell {
  verdict::Verdict verdict = verdict::Verdict::not_applicable;  ///< the worst
  std::size_t runs = 0;  ///< in which it was judged; 0: the cell is empty
  std::size_t passed = 0;
  std::size_t violated = 0;
  bool is_flaky = false;             ///< it was met and violated in runs of one scenario
  std::optional<Duration> margin{};  ///< the worst of all runs
  std::vector<Evidence> evidence{};  ///< the worst first
};

struct Line {
  std::string name;
  std::vector<Cell> cells;  ///< one for each firmware
};

struct Matrix {
  struct Run {
    std::string scenario;  ///< with its variant
    std::uint64_t seed = 0;
    std::string page;  ///< its report.html; empty: there is none
  };
  std::vector<std::string> firmwares;  ///< in order of their first run
  std::vector<Run> runs;
  std::vector<Line> scenarios;     ///< by name
  std::vector<Line> requirements;  ///< as the catalogue has them; those that were judged
};

/// Takes results one at a time, so that thousands of them need not be in memory together.
class MatrixBuilder {
 public:
  /// `label` is the firmware's name; empty: the User-Agent of the device that a finding is about.
  void add(const verdict::Result& result, const std::string& label, const std::string& page);
  Matrix build() &&;

 private:
  struct Entry {
    Cell cell;
    std::set<std::string> passed_in, violated_in;  ///< scenarios
  };
  using Entries = std::map<std::string, std::map<std::size_t, Entry>, std::less<>>;

  std::size_t firmware(const std::string& name);
  void note(Entry& entry, const std::string& scenario, Evidence evidence);
  std::vector<Line> lines_of(Entries entries) const;

  Matrix matrix_;
  std::map<std::string, std::size_t> index_;  ///< of firmwares
  Entries scenarios_, requirements_;
};

}  // namespace sipharness::campaign
