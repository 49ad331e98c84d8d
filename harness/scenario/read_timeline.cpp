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

bool originates(ServerVerb verb) {
  return verb == ServerVerb::call || verb == ServerVerb::hang_up || verb == ServerVerb::options ||
         verb == ServerVerb::stray_bye || verb == ServerVerb::notify || verb == ServerVerb::raw;
}

constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";

std::string digits_of(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return digits;
}

bool are_digits(std::string_view digits) {
  return digits.size() % 2 == 0 && digits.find_first_not_of(hexadecimal) == std::string_view::npos;
}

/// Nothing where they are no such digits; the check says so.
std::string bytes_of(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; are_digits(digits) && i < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  return bytes;
}

bool has_only_known_variables(std::string_view line) {
  for (auto at = line.find("${"); at != std::string_view::npos; at = line.find("${", at + 1)) {
    const std::string_view name = line.substr(at + 2, line.find('}', at) - at - 2);
    if (std::ranges::find(words::raw_variables, name) == words::raw_variables.end()) return false;
  }
  return true;
}

void check_raw(const Fields& fields) {
  const json::Value* const bytes = fields.find("bytes");
  const json::Value* const lines = fields.find("lines");
  if ((bytes == nullptr) == (lines == nullptr))
    fields.problems().add(fields.object(), "\"raw\" sends either \"bytes\" or \"lines\"");
  if (bytes != nullptr && (bytes->string.empty() || !are_digits(bytes->string)))
    fields.problems().add(*bytes, "allowed are hexadecimal digits, two for each byte");
  if (lines == nullptr) return;
  for (const json::Value& line : lines->items)
    if (!has_only_known_variables(line.string))
      fields.problems().add(line, fmt::format("unknown variable; allowed is ${{{}}}",
                                              fmt::join(words::raw_variables, "}, ${")));
}

void refuse_raw(const Fields& fields) {
  for (const std::string_view key : {"bytes", "lines"})
    fields.refuse(key, "only the step \"raw\" sends what stands there");
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
  fields.refuse("server", "a device's step has no server");
  fields.refuse("phase", "a device's step has no phase");
  fields.refuse("repeats", "a device's step is not repeated");
  fields.refuse("withhold_acks", "a device's step has no ACK of ours");
  fields.refuse("event", "a device's step has no event");
  fields.refuse("same_call", "a device's step makes no call of a server");
  refuse_raw(fields);
  if (step.verb != DeviceVerb::dial) return fields.refuse("number", "only \"dial\" has a number");
  fields.require({"number"});
  const json::Value* const number = fields.find("number");
  if (number != nullptr && number->kind == json::Kind::string && step.number.empty())
    fields.problems().add(*number, "the number to dial is empty");
}

void check_action(const Fields& fields, const ServerStep& step) {
  if (!originates(step.verb))
    fields.refuse("repeats", "this step sends nothing that could be repeated");
  check_repeats(fields, step.sending.repeats);
  if (step.verb != ServerVerb::call)
    for (const auto& [key, why] : {std::pair("withhold_acks", "only \"call\" is acknowledged"),
                                   std::pair("same_call", "only \"call\" makes a call")})
      fields.refuse(key, why);
  if (step.verb == ServerVerb::raw)
    check_raw(fields);
  else
    refuse_raw(fields);
  if (step.verb == ServerVerb::notify)
    fields.require({"event"});
  else
    fields.refuse("event", "only the step \"notify\" has an event");
  fields.require({"server"});
  fields.refuse("number", "only \"dial\" has a number");
  if (step.verb == ServerVerb::phase)
    fields.require({"phase"});
  else
    fields.refuse("phase", "only the step \"phase\" has a phase");
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
  keys.bytes = digits_of(server.raw.bytes);
  keys.lines = server.raw.lines;
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
                           {bytes_of(bytes), lines}};
  return step;
}

void check(const Fields& fields, Step& step) {
  step.place = {json::place(fields.problems().file(), fields.object())};
  check_time(fields);
  if (has_known_action(fields))
    std::visit([&fields](const auto& what) { check_action(fields, what); }, step.what);
}

}  // namespace sipharness::scenario
