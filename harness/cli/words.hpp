#pragma once
// Words of the command line that are one of a few, and what is said of one that is none of them.

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace sipharness::cli {

/// Accepts these words only; tells which there are, and the nearest.
CLI::Validator one_of(std::vector<std::string> words);

/// `--seed`: a whole number of 64 bits, 0 or more.
void add_seed_option(CLI::App& command, std::uint64_t& seed);

/// `--tag`: one or more of tags().
void add_tag_option(CLI::App& command, std::vector<std::string>& chosen);

/// Throws InputError if nothing follows the program's name, or what is no subcommand.
void check_subcommand(const CLI::App& app, const std::vector<std::string>& arguments);

/// `; did you mean "--seed"?` for the first option that the subcommand does not have, or nothing.
std::string option_hint(const CLI::App& app, const std::vector<std::string>& arguments);

}  // namespace sipharness::cli
