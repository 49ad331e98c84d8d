#pragma once
// The JSON form of every event, each written down once: its name, and its fields in file order. The
// writer and the reader of journal lines walk the same description. A form's call operator takes a
// field's name and a reference to it.
// @source docs/journal.md

#include <string_view>

#include "harness/journal/journal.hpp"

namespace sipharness::journal {

template <class Event>
inline constexpr std::string_view event_name = "";
template <>
inline constexpr std::string_view event_name<Clock> = "clock";
template <>
inline constexpr std::string_view event_name<Sent> = "sent";
template <>
inline constexpr std::string_view event_name<Ignored> = "ignored";
template <>
inline constexpr std::string_view event_name<Withheld> = "withheld";
template <>
inline constexpr std::string_view event_name<Delayed> = "delayed";
template <>
inline constexpr std::string_view event_name<Phase> = "phase";
template <>
inline constexpr std::string_view event_name<Port> = "port";
template <>
inline constexpr std::string_view event_name<BindingsForgotten> = "bindings_forgotten";
template <>
inline constexpr std::string_view event_name<Action> = "action";
template <>
inline constexpr std::string_view event_name<Prompted> = "prompted";
template <>
inline constexpr std::string_view event_name<FarEnd> = "far_end";
template <>
inline constexpr std::string_view event_name<DeviceState> = "device_state";
template <>
inline constexpr std::string_view event_name<Reported> = "reported";
template <>
inline constexpr std::string_view event_name<ScenarioZero> = "scenario_zero";
template <>
inline constexpr std::string_view event_name<Missed> = "missed";
template <>
inline constexpr std::string_view event_name<UnmatchedRule> = "unmatched_rule";
template <>
inline constexpr std::string_view event_name<Diverted> = "diverted";
template <>
inline constexpr std::string_view event_name<Remark> = "remark";
template <>
inline constexpr std::string_view event_name<Lag> = "lag";
template <>
inline constexpr std::string_view event_name<Network> = "network";
template <>
inline constexpr std::string_view event_name<CaptureCount> = "capture_count";
template <>
inline constexpr std::string_view event_name<Ended> = "ended";

void describe(auto& form, Clock& event) {
  form("capture_ns", event.capture);
  form("monotonic_ns", event.monotonic);
}

void describe(auto& form, PacketName& packet) {
  form("transport", packet.transport);
  form("source", packet.source);
  form("destination", packet.destination);
  form.digest("digest", packet.digest);
  form("occurrence", packet.occurrence);
}

void describe(auto& form, Sent& event) {
  form("server", event.server);
  describe(form, event.packet);
  form("rewritten", event.rewritten);
}

void describe(auto& form, Ignored& event) {
  form("server", event.server);
  form("rule", event.rule);
  describe(form, event.packet);
}

void describe(auto& form, Withheld& event) {
  form("server", event.server);
  form("rule", event.rule);
  form.digest("digest", event.digest);
  form("what", event.what);
}

void describe(auto& form, Delayed& event) {
  form("server", event.server);
  form("rule", event.rule);
  form("by_ns", event.by);
  form("what", event.what);
}

void describe(auto& form, Phase& event) {
  form("server", event.server);
  form("phase", event.phase);
  form("silent", event.silent);
}

void describe(auto& form, Port& event) {
  form("server", event.server);
  form("open", event.open);
}

void describe(auto& form, BindingsForgotten& event) {
  form("server", event.server);
}

void describe(auto& form, Action& event) {
  form("device", event.device);
  form("verb", event.verb);
  form("argument", event.argument);
  form("reported_ok", event.reported_ok);
}

void describe(auto& form, Prompted& event) {
  form("device", event.device);
  form("verb", event.verb);
  form("task", event.task);
}

void describe(auto& form, FarEnd& event) {
  form("server", event.server);
  form("verb", event.verb);
  form("call_id", event.call_id);
}

void describe(auto& form, DeviceState& event) {
  form("device", event.device);
  form("state", event.state);
  form("exit_status", event.exit_status);
}

void describe(auto& form, Reported& event) {
  form("device", event.device);
  form("verb", event.verb);
  form("ok", event.ok);
  form("what", event.what);
}

void describe(auto&, ScenarioZero&) {}

void describe(auto& form, Missed& event) {
  form("step", event.step);
  form("awaited", event.awaited);
  form("deadline_ns", event.deadline);
  form("seen", event.seen);
}

void describe(auto& form, UnmatchedRule& event) {
  form("server", event.server);
  form("rule", event.rule);
  form("place", event.place);
}

void describe(auto& form, Diverted& event) {
  form("server", event.server);
  form("what", event.what);
  form("named", event.named);
  form("heard_from", event.heard_from);
}

void describe(auto& form, Remark& event) {
  form("text", event.text);
}

void describe(auto& form, Lag& event) {
  form("worst_ns", event.worst);
}

void describe(auto& form, Network& event) {
  form("interface", event.interface);
  form("up", event.up);
  form("what", event.what);
}

void describe(auto& form, CaptureCount& event) {
  form("source", event.source);
  form("frames", event.frames);
  form("dropped", event.dropped);
  form("note", event.note);
}

void describe(auto& form, Ended& event) {
  form("reason", event.reason);
}

}  // namespace sipharness::journal
