#include "harness/serve/server_command.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

namespace sipharness::serve {
namespace {

using scenario::ServerVerb;

constexpr std::array verbs{
    ServerVerb::close_port, ServerVerb::open_port,       ServerVerb::swallow_syns,
    ServerVerb::unplug,     ServerVerb::forget_bindings, ServerVerb::call,
    ServerVerb::hang_up,    ServerVerb::options,         ServerVerb::stray_bye};

std::string verb_list() {
  std::string list;
  for (const ServerVerb verb : verbs) list += fmt::format("{}, ", to_string(verb));
  return list + "notify EVENT";
}

std::string phase_list(const scenario::Server& server) {
  std::string list = "default";
  for (const std::string& phase : server.phases)
    if (!phase.empty()) list += ", " + phase;
  return list;
}

}  // namespace

Expected<scenario::ServerStep> parse_server_command(const std::string& line,
                                                    const scenario::Scenario& scenario) {
  std::istringstream words(line);
  std::string name;
  std::string word;
  std::string argument;
  words >> name >> word >> argument;
  const auto server = std::ranges::find(scenario.servers, name, &scenario::Server::name);
  if (server == scenario.servers.end())
    return failure("", fmt::format("\"{}\" is no server: primary or secondary comes first", name));
  scenario::ServerStep step;
  step.server = name;
  if (word == "default" || std::ranges::find(server->phases, word) != server->phases.end()) {
    step.phase = word == "default" ? "" : word;
    return step;
  }
  if (word == "notify" && !argument.empty()) {
    step.verb = ServerVerb::notify;
    step.event = argument;
    return step;
  }
  const auto verb = std::ranges::find_if(
      verbs, [&](ServerVerb candidate) { return to_string(candidate) == word; });
  if (verb == verbs.end())
    return failure("", fmt::format("\"{}\" is nothing the {} can do: a phase ({}) or {}", word,
                                   name, phase_list(*server), verb_list()));
  step.verb = *verb;
  return step;
}

std::string server_command_help(const scenario::Scenario& scenario) {
  std::string help;
  for (const scenario::Server& server : scenario.servers)
    help += fmt::format("{} PHASE: {}\n", server.name, phase_list(server));
  return help + fmt::format("SERVER VERB: {}\nquit ends it", verb_list());
}

}  // namespace sipharness::serve
