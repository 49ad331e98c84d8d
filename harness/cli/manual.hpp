#pragma once
// The manual page and the completions of shells, made from the command line itself.

#include <string>

#include <CLI/CLI.hpp>

namespace sipharness::cli {

/// The source, for man(7), of the program and all its subcommands.
std::string man_page(const CLI::App& app);

/// To be sourced by bash, or to stand in share/bash-completion/completions/sipharness.
std::string bash_completion(const CLI::App& app);

/// To stand in share/zsh/vendor-completions/_sipharness.
std::string zsh_completion(const CLI::App& app);

}  // namespace sipharness::cli
