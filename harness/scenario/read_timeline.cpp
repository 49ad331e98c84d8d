// A step of the timeline: when, and what is done to whom.

#include <algorithm>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {
namespace {

std::vector<std::string> anchor_names() {
  std::vector<std::string> names;
  for (const Choice<AnchorKind>& anchor : words::anchors) {
    const bool of_the_device =
        anchor.value == AnchorKind::first_seen || anchor.value == AnchorKind::ended;
    if (of_the_device) {
      names.emplace_back(anchor.name);
      continue;
    }
    for (const std::string_view server : keys::servers)
      names.push_back(fmt::format("{}.{}", server, anchor.name));
  }
  return names;
}

std::optional<Anchor> read_anchor(const json::Value& value, Problems& problems) {
  const std::vector<std::string> names = anchor_names();
  if (value.kind != json::Kind::string ||
      std::find(names.begin(), names.end(), value.string) == names.end()) {
    problems.add_choice(value, {names.begin(), names.end()});
    return std::nullopt;
  }
  const std::size_t dot = value.string.find('.');
  const bool has_server = dot != std::string::npos;
  const std::string kind = has_server ? value.string.substr(dot + 1) : value.string;
  Anchor anchor;
  anchor.server = has_server ? value.string.substr(0, dot) : "";
  for (const Choice<AnchorKind>& choice : words::anchors)
    if (choice.name == kind) anchor.kind = choice.value;
  return anchor;
}

void refuse(const Fields& fields, std::string_view key, std::string_view why) {
  if (const json::Value* const value = fields.find(key))
    fields.problems().add(*value, std::string(why));
}

void read_when(const Fields& fields, When& when) {
  const json::Value* const after = fields.find("after");
  const json::Value* const at = fields.find("at");
  if (after == nullptr) {
    if (at == nullptr && fields.object().kind == json::Kind::object)
      fields.problems().add(fields.object(), "the step has no time; it needs \"at\" or \"after\"");
    fields.read("at", when.at);
    refuse(fields, "plus", "\"plus\" belongs to \"after\"");
    refuse(fields, "deadline", "\"deadline\" belongs to \"after\"");
    return;
  }
  refuse(fields, "at", "a step has either \"at\" or \"after\"");
  when.after = read_anchor(*after, fields.problems());
  fields.read("plus", when.at);
  fields.read("deadline", when.deadline);
}

bool originates(ServerVerb verb) {
  return verb == ServerVerb::call || verb == ServerVerb::hang_up || verb == ServerVerb::options ||
         verb == ServerVerb::stray_bye || verb == ServerVerb::notify;
}

std::vector<Duration> read_repeats(const json::Value& value, Problems& problems) {
  std::vector<Duration> repeats;
  for (const json::Value& item : items_of(value, problems)) {
    const Duration before = repeats.empty() ? Duration::zero() : repeats.back();
    if (read_value(item, problems, repeats.emplace_back()) && repeats.back() <= before)
      problems.add(item, "repeats stand in the order they are sent, the first after 0s");
  }
  return repeats;
}

Sending read_sending(const Fields& fields, ServerVerb verb) {
  Sending sending;
  if (!originates(verb))
    refuse(fields, "repeats", "this step sends nothing that could be repeated");
  if (verb != ServerVerb::call) refuse(fields, "withhold_acks", "only \"call\" is acknowledged");
  if (const json::Value* const repeats = fields.find("repeats"))
    sending.repeats = read_repeats(*repeats, fields.problems());
  fields.read_integer("withhold_acks", {1, 1'000}, sending.withheld_acks);
  return sending;
}

DeviceStep read_device_step(const Fields& fields, DeviceVerb verb) {
  DeviceStep step{verb, ""};
  refuse(fields, "server", "a device's step has no server");
  refuse(fields, "phase", "a device's step has no phase");
  refuse(fields, "repeats", "a device's step is not repeated");
  refuse(fields, "withhold_acks", "a device's step has no ACK of ours");
  refuse(fields, "event", "a device's step has no event");
  if (verb != DeviceVerb::dial) {
    refuse(fields, "number", "only \"dial\" has a number");
    return step;
  }
  fields.require({"number"});
  fields.read("number", step.number);
  const json::Value* const number = fields.find("number");
  if (number != nullptr && number->kind == json::Kind::string && step.number.empty())
    fields.problems().add(*number, "the number to dial is empty");
  return step;
}

void read_event(const Fields& fields, ServerStep& step) {
  if (step.verb != ServerVerb::notify)
    return refuse(fields, "event", "only the step \"notify\" has an event");
  fields.require({"event"});
  std::string_view event;
  fields.read("event", event, words::notified_packages);
  step.event = event;
}

ServerStep read_server_step(const Fields& fields, ServerVerb verb) {
  ServerStep step{verb, "", "", read_sending(fields, verb)};
  read_event(fields, step);
  fields.require({"server"});
  refuse(fields, "number", "only \"dial\" has a number");
  const json::Value* const server = fields.find("server");
  const std::vector<std::string_view> names(keys::servers.begin(), keys::servers.end());
  if (server != nullptr && std::find(names.begin(), names.end(), server->string) == names.end())
    fields.problems().add_choice(*server, names);
  else if (server != nullptr)
    step.server = server->string;
  if (verb != ServerVerb::phase) {
    refuse(fields, "phase", "only the step \"phase\" has a phase");
    return step;
  }
  fields.require({"phase"});
  fields.read("phase", step.phase);
  if (step.phase == words::default_phase) step.phase.clear();
  return step;
}

}  // namespace

Step read_step(const json::Value& value, Problems& problems) {
  Step step;
  const Fields fields(value, keys::step, problems);
  read_when(fields, step.when);
  fields.require({"do"});
  const json::Value* const action = fields.find("do");
  if (action == nullptr) return step;
  words::Action verb;
  if (!read_choice<words::Action>(*action, problems, words::actions, verb)) return step;
  if (const auto* const device = std::get_if<DeviceVerb>(&verb))
    step.what = read_device_step(fields, *device);
  else
    step.what = read_server_step(fields, std::get<ServerVerb>(verb));
  step.place = json::place(problems.file(), value);
  return step;
}

}  // namespace sipharness::scenario
