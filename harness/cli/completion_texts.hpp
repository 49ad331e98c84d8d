#pragma once
// The files of harness/cli/completion, built into the program: {{commands}} and {{cases}} are
// filled in from the command line.

#include <string_view>

namespace sipharness::cli {

extern const std::string_view bash_completion_text;
extern const std::string_view zsh_completion_text;

}  // namespace sipharness::cli
