#pragma once
// What `--version` prints.

#include <string>
#include <string_view>

namespace sipharness::cli {

/// "8f3c21d09a4e", "-dirty" behind it if sources were changed since; empty: the sources are no
/// clone. In a source that cmake/commit.cmake writes.
extern const std::string_view commit;

/// "sipharness 0.1.0 (8f3c21d09a4e)": the version, and the commit if it was built from a clone.
std::string version_line();

}  // namespace sipharness::cli
