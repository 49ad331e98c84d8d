#pragma once
// What read_journal() leaves out of a file, for whoever must know how much of a run it tells.

#include <string>

#include "harness/journal/journal.hpp"

namespace sipharness::journal {

/// "the journal's last line is cut: it is left out", "the journal holds no entry"; empty where
/// `journal` is all that the file holds.
std::string describe_left_out(const std::string& path, const Journal& journal);

}  // namespace sipharness::journal
