#include "harness/cli/words.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/scenario_facts.hpp"
#include "harness/scenario/problems.hpp"

namespace sipharness::cli {
namespace {

using Words = std::vector<std::string_view>;

bool is_digits(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> long_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

}  // namespace

CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](const std::string& word) {
        const Words allowed(words.begin(), words.end());
        if (std::ranges::find(allowed, word) != allowed.end()) return std::string();
        return fmt::format("found {}; allowed is {}{}", word, scenario::enumerate(allowed),
                           scenario::did_you_mean(word, allowed));
      },
      "");
}

void add_seed_option(CLI::App& command, std::uint64_t& seed) {
  command.add_option("--seed", seed, "Seed of everything left to chance (default 1)")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return is_digits(text) ? std::string()
                                   : fmt::format(
                                         "found {}; allowed is a whole number from 0 to "
                                         "18446744073709551615",
                                         text);
          },
          ""));
}

void add_tag_option(CLI::App& command, std::vector<std::string>& chosen) {
  std::vector<std::string> names;
  std::string all;
  for (const Tag& tag : tags()) {
    names.emplace_back(tag.name);
    all += fmt::format("{}{} ({})", all.empty() ? "" : ", ", tag.name, tag.what);
  }
  command.add_option("--tag", chosen, "Only scenarios with all of these tags: " + all)
      ->type_name("TAG")
      ->check(one_of(names));
}

void check_subcommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const Words known(names.begin(), names.end());
  if (arguments.empty())
    throw InputError(
        fmt::format("a command is needed: {}; --help describes them", scenario::enumerate(known)));
  const std::string& word = arguments.front();
  if (word.starts_with('-')) return;
  if (std::ranges::find(known, word) != known.end()) return;
  const std::string hint = scenario::did_you_mean(word, known);
  throw InputError(fmt::format("unknown command \"{}\"{}", word,
                               hint.empty() ? "; allowed is " + scenario::enumerate(known) : hint));
}

std::string option_hint(const CLI::App& app, const std::vector<std::string>& arguments) {
  const auto commands = app.get_subcommands({});
  const auto chosen = std::ranges::find_if(commands, [&](const CLI::App* command) {
    return !arguments.empty() && command->get_name() == arguments.front();
  });
  const std::vector<std::string> names = long_names(chosen == commands.end() ? app : **chosen);
  const Words known(names.begin(), names.end());
  for (const std::string& argument : arguments) {
    const std::string word = argument.substr(0, argument.find('='));
    if (!word.starts_with("--") || word == "--" || std::ranges::find(known, word) != known.end())
      continue;
    return scenario::did_you_mean(word, known);
  }
  return {};
}

}  // namespace sipharness::cli
