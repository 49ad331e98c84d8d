// The object `drive` of a profile file.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/scenario/key_names.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

/// What the harness knows when a program starts, besides the settings. Any "port.NAME" is a free
/// port of its own.
constexpr std::array<std::string_view, 14> variables{"home",
                                                     "run",
                                                     "account.user",
                                                     "account.auth_user",
                                                     "account.password",
                                                     "primary.address",
                                                     "primary.host",
                                                     "primary.port",
                                                     "secondary.address",
                                                     "secondary.host",
                                                     "secondary.port",
                                                     "name_server.address",
                                                     "name_server.port",
                                                     "device.address"};

using Place = kind::Template::Place;

bool is_port(std::string_view name) {
  return name.starts_with("port.") && name.size() > 5;
}

void check_variable(const json::Value& value, const std::string& name, Place place,
                    Problems& problems) {
  if (is_port(name) || (name == "number" && place == Place::action)) return;
  if (name == "account.password" && place == Place::command)
    return problems.add(value,
                        "${account.password} in a command: everybody on this machine could read "
                        "it; write it to a file");
  std::vector<std::string_view> known(variables.begin(), variables.end());
  std::ranges::copy(setting_variables(), std::back_inserter(known));
  if (std::ranges::find(known, name) != known.end()) return;
  if (place == Place::action) known.emplace_back("number");
  problems.add(value, fmt::format("unknown variable ${{{}}}; allowed is {} or port.NAME{}", name,
                                  enumerate(known), did_you_mean(name, known)));
}

/// Files and folders are made below the scratch home and nowhere else.
void check_path(const json::Value& at, const std::string& path, Problems& problems) {
  const bool leaves =
      path.starts_with('/') || fmt::format("/{}/", path).find("/../") != std::string::npos;
  if (path.empty() || leaves)
    problems.add(at, fmt::format("\"{}\" must be a path below the scratch home", path));
}

}  // namespace

bool read_value(const json::Value& value, Problems& problems, std::string& into,
                kind::Template text) {
  if (!read_value(value, problems, into, kind::text)) return false;
  for (const std::string& name : variables_in(into))
    check_variable(value, name, text.place, problems);
  return true;
}

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Pattern) {
  if (!read_value(value, problems, into, kind::in_action)) return false;
  if (into.find_first_not_of("* ") == std::string::npos)
    problems.add(value, "this pattern matches every line");
  return true;
}

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Path) {
  if (!read_value(value, problems, into, kind::in_command)) return false;
  check_path(value, into, problems);
  return true;
}

bool read_value(const json::Value& value, Problems& problems,
                std::map<std::string, std::string>& into, kind::Files) {
  for (const auto& [path, member] : members_of(value, problems)) {
    check_path(member, path, problems);
    std::vector<std::string> lines;
    read_value(member, problems, lines, kind::in_text);
    for (const std::string& line : lines) into[path] += line + "\n";
    into.try_emplace(path);
  }
  return true;
}

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Setting) {
  static const std::vector<std::string_view> settings = keys_of<Configure>().all;
  if (!read_value(value, problems, into, kind::text)) return false;
  if (std::ranges::find(settings, into) == settings.end()) problems.add_choice(value, settings);
  return true;
}

void check(const Fields& fields, ActionsByVerb& actions) {
  for (const auto& [verb, action] : actions)
    if (verb != to_string(DeviceVerb::boot) && action.send.empty())
      fields.problems().add(*fields.find(verb), fmt::format("nothing is sent to {}", verb));
}

void check(const Fields& fields, Drive& drive) {
  const json::Value* const command = fields.find("command");
  if (command != nullptr && drive.command.empty())
    fields.problems().add(*command, "the command is empty; it begins with the program");
}

}  // namespace sipharness::scenario
