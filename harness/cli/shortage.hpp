#pragma once
// What happens when memory runs out: an exception like others, which ends the command with an exit
// code, keeps what is on the disk, and says so in a line.

#include <string_view>

namespace sipharness::cli {

inline constexpr std::string_view out_of_memory =
    "sipharness: this machine, or a limit of it (ulimit -v), has no more memory for that";

/// Puts memory aside for the way out, which takes some itself. Once, before anything else.
void prepare_for_shortage();

}  // namespace sipharness::cli
