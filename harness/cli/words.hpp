#pragma once
// Words of the command line that are one of a few, and what is said of one that is none of them.

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace sipharness::cli {

/// Accepts these words only; tells which there are, and the nearest.
CLI::Validator one_of(std::vector<std::string> words);

/// Accepts the whole numbers from `least` to `most`.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

/// `--seed`: a whole number of 64 bits, 0 or more.
void add_seed_option(CLI::App& command, std::uint64_t& seed);

/// `--tag`: one or more of tags().
void add_tag_option(CLI::App& command, std::vector<std::string>& chosen);

/// Throws InputError if nothing follows the program's name, or what is no subcommand.
void check_subcommand(const CLI::App& app, const std::vector<std::string>& arguments);

/// What is wrong with the command line, and where its help is. An option that the subcommand does
/// not have is named with the nearest one.
std::vector<std::string> words_of_parse_error(const CLI::ParseError& error, const CLI::App& app,
                                              const std::vector<std::string>& arguments);

/// Throws InputError for `--json ""` and `run ""`, as a variable that is not set leaves them: no
/// word of the command line is empty.
void refuse_empty_words(const std::vector<std::string>& arguments);

}  // namespace sipharness::cli
