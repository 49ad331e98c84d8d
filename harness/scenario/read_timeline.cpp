// A step of the timeline: when, and what is done to whom.

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

void check_time(const Fields& fields) {
  if (fields.find("after") != nullptr)
    return fields.refuse("at", "a step has either \"at\" or \"after\"");
  if (fields.find("at") == nullptr && fields.object().kind == json::Kind::object)
    fields.problems().add(fields.object(), "the step has no time; it needs \"at\" or \"after\"");
  fields.refuse("plus", "\"plus\" belongs to \"after\"");
  fields.refuse("deadline", "\"deadline\" belongs to \"after\"");
}

bool has_known_action(const Fields& fields) {
  const json::Value* const action = fields.find("do");
  return action != nullptr && std::ranges::any_of(words::actions, [action](const auto& known) {
           return action->string == known.name;
         });
}

/// A key that only some actions have.
struct ActionKey {
  std::string_view key;
  std::vector<words::Action> actions;
  bool is_required = false;
};

const std::vector<ActionKey>& action_keys() {
  using enum ServerVerb;
  static const std::vector<ActionKey> keys{
      {"number", {DeviceVerb::dial}, true},
      {"phase", {phase}, true},
      {"event", {notify}, true},
      {"repeats", {call, hang_up, options, stray_bye, notify, raw}},
      {"withhold_acks", {call}},
      {"same_call", {call}},
      {"bytes", {raw}},
      {"lines", {raw}},
      {"how", {close_connections}},
      {"method", {far_end_request}, true},
  };
  return keys;
}

std::vector<std::string_view> names_of(const std::vector<words::Action>& actions) {
  std::vector<std::string_view> names;
  for (const words::Action& action : actions)
    names.push_back(words::name_of(words::actions, action));
  return names;
}

/// Only the keys that belong to this action, and those of them that it cannot do without.
void check_keys(const Fields& fields, const words::Action& action) {
  for (const ActionKey& key : action_keys()) {
    if (std::ranges::find(key.actions, action) == key.actions.end())
      fields.refuse(key.key, fmt::format("\"{}\" belongs to \"do\": {}", key.key,
                                         enumerate(names_of(key.actions))));
    else if (key.is_required)
      fields.require({key.key});
  }
}

void check_raw(const Fields& fields) {
  if ((fields.find("bytes") == nullptr) == (fields.find("lines") == nullptr))
    fields.problems().add(fields.object(), "\"raw\" sends either \"bytes\" or \"lines\"");
}

void check_repeats(const Fields& fields, const std::vector<Duration>& repeats) {
  const auto follows = [before = Duration::zero()](Duration repeat) mutable {
    return std::exchange(before, repeat) < repeat;
  };
  const auto wrong = std::ranges::find_if_not(repeats, follows);
  if (wrong == repeats.end()) return;
  const auto index = static_cast<std::size_t>(wrong - repeats.begin());
  fields.problems().add(fields.find("repeats")->items.at(index),
                        "repeats stand in the order they are sent, the first after 0s");
}

void check_action(const Fields& fields, const DeviceStep& step) {
  check_keys(fields, step.verb);
  fields.refuse("server", "a device's step has no server");
  const json::Value* const number = fields.find("number");
  if (step.verb == DeviceVerb::dial && number != nullptr && number->kind == json::Kind::string &&
      step.number.empty())
    fields.problems().add(*number, "the number to dial is empty");
}

void check_action(const Fields& fields, const ServerStep& step) {
  check_keys(fields, step.verb);
  fields.require({"server"});
  check_repeats(fields, step.sending.repeats);
  if (step.verb == ServerVerb::raw) check_raw(fields);
}

}  // namespace

bool read_value(const json::Value& value, Problems& problems, Anchor& into, kind::Anchor) {
  static const std::vector<std::string> names = words::anchor_names();
  if (value.kind != json::Kind::string || std::ranges::find(names, value.string) == names.end()) {
    problems.add_choice(value, {names.begin(), names.end()});
    return false;
  }
  const std::size_t dot = value.string.find('.');
  const bool has_server = dot != std::string::npos;
  const std::string kind = has_server ? value.string.substr(dot + 1) : value.string;
  into.server = has_server ? value.string.substr(0, dot) : "";
  for (const Choice<AnchorKind>& choice : words::anchors)
    if (choice.name == kind) into.kind = choice.value;
  return true;
}

StepKeys StepKeys::of(const Step& step) {
  StepKeys keys;
  keys.after = step.when.after;
  (keys.after ? keys.plus : keys.at) = step.when.at;
  keys.deadline = step.when.deadline;
  if (const auto* const device = std::get_if<DeviceStep>(&step.what)) {
    keys.action = device->verb;
    keys.number = device->number;
    return keys;
  }
  const auto& server = std::get<ServerStep>(step.what);
  keys.action = server.verb;
  keys.server = server.server;
  if (server.verb == ServerVerb::phase)
    keys.phase = server.phase.empty() ? words::default_phase : server.phase;
  keys.event = server.event;
  keys.repeats = server.sending.repeats;
  if (server.sending.withheld_acks > 0) keys.withhold_acks = server.sending.withheld_acks;
  if (server.sending.same_call) keys.same_call = true;
  keys.bytes = server.raw.bytes;
  keys.lines = server.raw.lines;
  if (server.verb == ServerVerb::close_connections) keys.how = server.ending;
  if (server.verb == ServerVerb::far_end_request) keys.method = server.method;
  return keys;
}

Step StepKeys::step() const {
  Step step;
  step.when = {after, (after ? plus : at).value_or(Duration::zero()), deadline};
  if (const auto* const verb = std::get_if<DeviceVerb>(&action))
    step.what = DeviceStep{*verb, number};
  else
    step.what = ServerStep{std::get<ServerVerb>(action),
                           server,
                           phase == words::default_phase ? "" : phase,
                           {repeats, withhold_acks.value_or(0), same_call.value_or(false)},
                           event,
                           {bytes, lines},
                           how.value_or(Ending::fin),
                           method.value_or(sip::Method::unknown)};
  return step;
}

void check(const Fields& fields, Step& step) {
  step.place = {json::place(fields.problems().file(), fields.object())};
  check_time(fields);
  if (has_known_action(fields))
    std::visit([&fields](const auto& what) { check_action(fields, what); }, step.what);
}

}  // namespace sipharness::scenario
