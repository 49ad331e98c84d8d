#pragma once
// Results of runs that ended long ago, read back from what was written of them.

#include <memory>
#include <string>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::campaign {

/// Requirements that this version does not know, and findings of another one name.
struct ForeignRows;

/// What was read; its findings may point into `rows`.
struct Results {
  verdict::Batch batch{};
  std::shared_ptr<const ForeignRows> rows{};
};

/// The result files that a path stands for: itself, that of a run folder, or those of a folder of
/// run folders, in order of their names. An error where nothing of the kind is there.
Expected<std::vector<std::string>> result_files(const std::string& path);

/// A `result.json`, what `run --json` or `check --json` wrote, a run folder, or a folder of run
/// folders; in order of the files' names. An error where nothing of the kind is there, or a file is
/// none of ours.
Expected<Results> read_results(const std::string& path);

/// One document, `file` being its name in errors.
Expected<Results> parse_results(std::string_view text, const std::string& file);

}  // namespace sipharness::campaign
