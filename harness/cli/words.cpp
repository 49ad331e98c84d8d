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

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

/// The subcommand that the first argument names, else the program itself.
const CLI::App* chosen_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  for (const CLI::App* command : app.get_subcommands({}))
    if (!arguments.empty() && command->get_name() == arguments.front()) return command;
  return &app;
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

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return CLI::Validator(
      [least, most](const std::string& text) {
        // No number here has more digits than its limit.
        const bool fits = is_digits(text) && text.size() <= std::to_string(most).size();
        const bool is_in = fits && std::stoull(text) >= least && std::stoull(text) <= most;
        if (is_in) return std::string();
        return fmt::format("found {}; allowed is a whole number from {} to {}", text, least, most);
      },
      "");
}

void check_subcommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<std::string> names = command_names(app);
  const Words known(names.begin(), names.end());
  if (arguments.empty())
    throw InputError(fmt::format("a command is needed: {}; sipharness --help describes them",
                                 scenario::enumerate(known)));
  const std::string& word = arguments.front();
  if (word.starts_with('-') || std::ranges::find(known, word) != known.end()) return;
  Words meant = known;
  meant.insert(meant.end(), {"help", "--version"});
  const std::string hint = scenario::did_you_mean(word, meant);
  throw InputError(fmt::format("unknown command \"{}\"{}", word,
                               hint.empty() ? "; allowed is " + scenario::enumerate(known) : hint));
}

std::vector<std::string> words_of_parse_error(const CLI::ParseError& error, const CLI::App& app,
                                              const std::vector<std::string>& arguments) {
  const CLI::App* const command = chosen_command(app, arguments);
  const std::string help = fmt::format("Run sipharness {}--help for the options.",
                                       command == &app ? "" : command->get_name() + " ");
  // What was not expected is told by itself, and before what is missing.
  const bool may_be_unknown = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                              dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const std::vector<std::string> names = option_names(*command);
  const Words known(names.begin(), names.end());
  for (const std::string& argument : arguments) {
    const std::string word = argument.substr(0, argument.find('='));
    const bool is_option = word.size() > 1 && word.starts_with('-') && !is_digits(word.substr(1));
    if (!may_be_unknown || !is_option || std::ranges::find(known, word) != known.end()) continue;
    // One letter is near to any other.
    const bool is_long = word.starts_with("--");
    return {fmt::format("unknown option {}{}", word,
                        is_long ? scenario::did_you_mean(word, known) : std::string()),
            help};
  }
  return {error.what(), help};
}

void refuse_empty_words(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const std::string option =
        i > 0 && word.empty() ? arguments[i - 1] : word.substr(0, word.find('='));
    if (!word.empty() && !(word.starts_with("--") && word.ends_with('='))) continue;
    throw InputError(option.starts_with('-')
                         ? fmt::format("{}: the value is empty", option)
                         : fmt::format("word {} of the command line is empty", i + 1));
  }
}

}  // namespace sipharness::cli
