#include "harness/scenario/read_drive.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/scenario/fields.hpp"

namespace sipharness::scenario {
namespace {

constexpr std::array<Choice<Framing>, 2> framings{
    {{"lines", Framing::lines}, {"netstring_json", Framing::netstring_json}}};

/// What the harness knows when a program starts. Any "port.NAME" is a free port of its own.
constexpr std::array<std::string_view, 17> variables{"home",
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
                                                     "device.address",
                                                     "register_expiration",
                                                     "subscribe_expiration",
                                                     "transport"};

/// Where a text stands decides which variables it may have.
enum class Place { command, text, order };

bool is_port(std::string_view name) {
  return name.starts_with("port.") && name.size() > 5;
}

void check_variable(const json::Value& value, const std::string& name, Place place,
                    Problems& problems) {
  if (is_port(name) || (name == "number" && place == Place::order)) return;
  if (name == "account.password" && place == Place::command)
    return problems.add(value,
                        "${account.password} in a command: everybody on this machine could read "
                        "it; write it to a file");
  std::vector<std::string_view> known(variables.begin(), variables.end());
  if (std::ranges::find(known, name) != known.end()) return;
  if (place == Place::order) known.emplace_back("number");
  problems.add(value, fmt::format("unknown variable ${{{}}}; allowed is {} or port.NAME{}", name,
                                  enumerate(known), did_you_mean(name, known)));
}

std::string read_text(const json::Value& value, Place place, Problems& problems) {
  std::string text;
  if (!read_value(value, problems, text)) return text;
  for (const std::string& name : variables_in(text)) check_variable(value, name, place, problems);
  return text;
}

std::vector<std::string> read_texts(const json::Value* value, Place place, Problems& problems) {
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  for (const json::Value& item : items_of(*value, problems))
    texts.push_back(read_text(item, place, problems));
  return texts;
}

std::string read_pattern(const json::Value& value, Problems& problems) {
  std::string pattern = read_text(value, Place::order, problems);
  if (pattern.find_first_not_of("* ") == std::string::npos)
    problems.add(value, "this pattern matches every line");
  return pattern;
}

std::vector<std::string> read_patterns(const json::Value* value, Problems& problems) {
  std::vector<std::string> patterns;
  if (value == nullptr) return patterns;
  for (const json::Value& item : items_of(*value, problems))
    patterns.push_back(read_pattern(item, problems));
  return patterns;
}

/// Files and folders are made below the scratch home and nowhere else.
std::string read_path(const json::Value& at, const std::string& path, Problems& problems) {
  const bool leaves =
      path.starts_with('/') || fmt::format("/{}/", path).find("/../") != std::string::npos;
  if (path.empty() || leaves)
    problems.add(at, fmt::format("\"{}\" must be a path below the scratch home", path));
  return path;
}

const std::vector<json::Member>& members_of(const json::Value& value, Problems& problems) {
  if (value.kind != json::Kind::object) problems.add_wrong(value, "an object");
  return value.members;
}

void read_program(const Fields& fields, Drive& drive) {
  Problems& problems = fields.problems();
  drive.command = read_texts(fields.find("command"), Place::command, problems);
  if (fields.find("command") != nullptr && drive.command.empty())
    problems.add(*fields.find("command"), "the command is empty; it begins with the program");
  fields.read("package", drive.package);
  if (const json::Value* const environment = fields.find("environment"))
    for (const auto& [name, value] : members_of(*environment, problems))
      drive.environment[name] = read_text(value, Place::text, problems);
  if (const json::Value* const folders = fields.find("folders"))
    for (const json::Value& item : items_of(*folders, problems))
      drive.folders.push_back(read_path(item, read_text(item, Place::command, problems), problems));
  if (const json::Value* const files = fields.find("files"))
    for (const auto& [path, value] : members_of(*files, problems)) {
      std::string& text = drive.files[read_path(value, path, problems)];
      for (const std::string& line : read_texts(&value, Place::text, problems)) text += line + "\n";
    }
}

void read_lacks(const Fields& fields, Drive& drive) {
  const json::Value* const value = fields.find("lacks");
  if (value == nullptr) return;
  const std::vector<std::string_view> known(keys::configure.begin(), keys::configure.end());
  for (const json::Value& item : items_of(*value, fields.problems())) {
    std::string setting;
    if (!read_value(item, fields.problems(), setting)) continue;
    if (std::ranges::find(known, setting) == known.end()) fields.problems().add_choice(item, known);
    drive.lacks.push_back(setting);
  }
}

void read_control(const json::Value& value, Problems& problems, Drive& drive) {
  const Fields fields(value, keys::control, problems);
  fields.require({"address"});
  if (const json::Value* const address = fields.find("address"))
    drive.control.address = read_text(*address, Place::text, problems);
  fields.read("framing", drive.control.framing, framings);
}

void read_ready(const json::Value& value, Problems& problems, Drive& drive) {
  const Fields fields(value, keys::ready, problems);
  if (const json::Value* const output = fields.find("output"))
    drive.ready.output = read_pattern(*output, problems);
  fields.read("within", drive.ready.within);
}

Order read_order(const json::Value& value, Problems& problems) {
  Order order;
  const Fields fields(value, keys::order, problems);
  order.send = read_texts(fields.find("send"), Place::order, problems);
  order.ok = read_patterns(fields.find("ok"), problems);
  order.failed = read_patterns(fields.find("failed"), problems);
  fields.read("within", order.within);
  return order;
}

void read_reactions(const json::Value& value, Problems& problems, Drive& drive) {
  for (const json::Value& item : items_of(value, problems)) {
    const Fields fields(item, keys::reaction, problems);
    fields.require({"on", "send"});
    Reaction reaction;
    if (const json::Value* const on = fields.find("on")) reaction.on = read_pattern(*on, problems);
    reaction.send = read_texts(fields.find("send"), Place::order, problems);
    drive.reactions.push_back(std::move(reaction));
  }
}

void read_stop(const json::Value& value, Problems& problems, Drive& drive) {
  const Fields fields(value, keys::stop, problems);
  drive.stop.send = read_texts(fields.find("send"), Place::text, problems);
  fields.read("within", drive.stop.within);
}

}  // namespace

Drive read_drive(const json::Value& value, Problems& problems) {
  Drive drive;
  const Fields fields(value, keys::drive, problems);
  fields.require({"command"});
  read_program(fields, drive);
  read_lacks(fields, drive);
  if (const json::Value* const control = fields.find("control"))
    read_control(*control, problems, drive);
  if (const json::Value* const ready = fields.find("ready")) read_ready(*ready, problems, drive);
  if (const json::Value* const verbs = fields.find("verbs")) {
    const Fields known(*verbs, keys::drive_verbs, problems);
    for (const auto& [verb, value_of_verb] : verbs->members) {
      drive.verbs[verb] = read_order(value_of_verb, problems);
      if (verb != "boot" && drive.verbs[verb].send.empty())
        problems.add(value_of_verb, fmt::format("nothing is sent to {}", verb));
    }
  }
  if (const json::Value* const reactions = fields.find("reactions"))
    read_reactions(*reactions, problems, drive);
  if (const json::Value* const stop = fields.find("stop")) read_stop(*stop, problems, drive);
  return drive;
}

}  // namespace sipharness::scenario
