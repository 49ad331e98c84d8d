#include "harness/cli/manual.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/version.hpp"
#include "harness/cli/completion_texts.hpp"

namespace sipharness::cli {
namespace {

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// "run", "baseline write": every command that can be called, with the words that call it.
void add_commands(const CLI::App& app, const std::string& before,
                  std::vector<std::pair<std::string, const CLI::App*>>& all) {
  for (const CLI::App* command : subcommands_of(app)) {
    const std::string words = before + command->get_name();
    if (subcommands_of(*command).empty())
      all.emplace_back(words, command);
    else
      add_commands(*command, words + " ", all);
  }
}

std::vector<std::pair<std::string, const CLI::App*>> commands_of(const CLI::App& app) {
  std::vector<std::pair<std::string, const CLI::App*>> all;
  add_commands(app, "", all);
  return all;
}

bool is_flag(const CLI::Option& option) {
  return option.get_items_expected_max() == 0;
}

/// "--json FILE", "SCENARIO..."
std::string usage_of(const CLI::Option& option) {
  const bool takes_many = option.get_items_expected_max() > 1;
  if (option.get_positional()) return option.get_type_name() + (takes_many ? "..." : "");
  std::string text = option.get_name(false, true);
  for (std::size_t at = text.find(','); at != std::string::npos; at = text.find(',', at + 2))
    text.replace(at, 1, ", ");
  return is_flag(option) ? text : fmt::format("{} {}", text, option.get_type_name());
}

// --- man(7) --------------------------------------------------------------------------------------

/// Text in which nothing is a request or an escape of roff.
std::string in_roff(std::string_view text) {
  std::string out;
  bool is_first = true;
  for (const char c : text) {
    if (is_first && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    is_first = c == '\n';
  }
  return out;
}

std::string options_in_roff(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options())
    text += fmt::format(".TP\n.B {}\n{}\n", in_roff(usage_of(*option)),
                        in_roff(option->get_description()));
  return text;
}

std::string verbatim_in_roff(const std::string& text) {
  return text.empty() ? std::string() : fmt::format(".PP\n.nf\n{}\n.fi\n", in_roff(text));
}

// --- Shells --------------------------------------------------------------------------------------

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return names;
}

/// "--json", "-h"
std::vector<std::string> switches_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// Between single quotes, in a specification of zsh's _arguments.
std::string in_zsh(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      out += std::string("\\") + c;
    else
      out += c;
  }
  return out;
}

/// Of completion.zsh's function.
std::string arguments_for_zsh(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) continue;
    const std::string value =
        is_flag(*option) ? ""
                         : fmt::format(":{}:sipharness_files", in_zsh(option->get_type_name()));
    for (const std::string& name : option->get_lnames())
      text +=
          fmt::format(" \\\n        '*--{}[{}]{}'", name, in_zsh(option->get_description()), value);
  }
  return text + " \\\n        '*:file:sipharness_files'";
}

/// Lines, the last without its end.
std::string filled(std::string_view form, const std::vector<std::string>& commands,
                   const std::vector<std::string>& cases, std::string_view between) {
  std::string text(form);
  const auto fill = [&](std::string_view mark, const std::string& with) {
    text.replace(text.find(mark), mark.size(), with);
  };
  fill("{{commands}}", fmt::format("{}", fmt::join(commands, between)));
  fill("{{cases}}", fmt::format("{}", fmt::join(cases, "\n")));
  return text;
}

}  // namespace

std::string man_page(const CLI::App& app) {
  std::string text = fmt::format(
      ".TH SIPHARNESS 1 \"\" \"sipharness {}\" \"User Commands\"\n"
      ".SH NAME\nsipharness \\- {}\n"
      ".SH SYNOPSIS\n.B sipharness\n.I COMMAND\n.RI [ OPTION \" ...]\"\n",
      version(), in_roff(app.get_description()));
  text += ".SH OPTIONS\n" + options_in_roff(app) + ".SH COMMANDS\n";
  for (const auto& [words, command] : commands_of(app))
    text += fmt::format(".SS {}\n{}.\n{}{}", in_roff(words), in_roff(command->get_description()),
                        options_in_roff(*command), verbatim_in_roff(command->get_footer()));
  text += ".SH EXIT STATUS\n" + verbatim_in_roff(app.get_footer());
  return text +
         ".SH FILES\n.TP\n.I /usr/share/sipharness/scenarios\nScenarios, profiles, plans and "
         "schemas.\n.TP\n.I /usr/share/doc/sipharness\nThe other pages of documentation.\n";
}

std::string bash_completion(const CLI::App& app) {
  std::vector<std::string> cases;
  for (const CLI::App* command : subcommands_of(app)) {
    std::vector<std::string> words = names_of(subcommands_of(*command));
    for (const CLI::App* below : subcommands_of(*command))
      std::ranges::move(switches_of(*below), std::back_inserter(words));
    if (words.empty()) words = switches_of(*command);
    cases.push_back(
        fmt::format("      {}) words='{}' ;;", command->get_name(), fmt::join(words, " ")));
  }
  return filled(bash_completion_text, names_of(subcommands_of(app)), cases, " ");
}

std::string zsh_completion(const CLI::App& app) {
  std::vector<std::string> commands;
  std::vector<std::string> cases;
  for (const CLI::App* command : subcommands_of(app)) {
    commands.push_back(
        fmt::format("    '{}:{}'", command->get_name(), in_zsh(command->get_description())));
    const auto below = subcommands_of(*command);
    cases.push_back(fmt::format("        {}) sipharness_options{} ;;", command->get_name(),
                                arguments_for_zsh(below.empty() ? *command : *below.front())));
  }
  return filled(zsh_completion_text, commands, cases, "\n");
}

}  // namespace sipharness::cli
