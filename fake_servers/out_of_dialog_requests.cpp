#include "fake_servers/out_of_dialog_requests.hpp"

#include <fmt/format.h>

#include "fake_servers/event_state.hpp"

namespace fake_servers {

using sipharness::scenario::Raw;
using sipharness::scenario::Sending;

namespace {

/// What a step spells out, for one binding.
std::string bytes_for(const Binding& binding, const Variables& places, const Raw& raw) {
  Variables variables = places;
  variables["contact"] = binding.uri;
  variables["user"] = binding.user;
  variables["device"] = binding.hop.remote.text();
  return filled(raw, variables);
}

}  // namespace

void OutOfDialogRequests::options(const std::vector<Binding>& bindings, const Sending& how) {
  for (const Binding& binding : bindings) {
    const Hop hop = core_.way_to(binding.uri, binding.hop);
    auto request = core_.new_request("OPTIONS", {.uri = binding.uri, .user = binding.user}, hop);
    request.header(HeaderId::accept, "application/sdp");
    send(request, hop, how);
  }
}

void OutOfDialogRequests::notify(const std::vector<Binding>& bindings, std::string_view event,
                                 const Sending& how) {
  for (const Binding& binding : bindings) {
    const EventState state =
        event_state(event, fmt::format("sip:{}@{}", binding.user, core_.domain), 0);
    const Hop hop = core_.way_to(binding.uri, binding.hop);
    auto request = core_.new_request("NOTIFY", {.uri = binding.uri, .user = binding.user}, hop);
    request.header(HeaderId::event, event)
        .header(HeaderId::subscription_state, "active")
        .body(state.content_type, state.body);
    send(request, hop, how);
  }
}

void OutOfDialogRequests::stray_bye(const std::vector<Binding>& bindings, const Sending& how) {
  for (const Binding& binding : bindings) {
    const Hop hop = core_.way_to(binding.uri, binding.hop);
    send(core_.new_request(
             "BYE", {.uri = binding.uri, .user = binding.user, .to_tag = core_.rng.hex(8)}, hop),
         hop, how);
  }
}

void OutOfDialogRequests::raw(const std::vector<Binding>& bindings, const Raw& raw,
                              const Sending& how) {
  for (const Binding& binding : bindings) {
    const Hop hop = core_.way_to(binding.uri, binding.hop);
    const std::string bytes = bytes_for(binding, core_.places, raw);
    core_.send(hop, bytes);
    repeaters_.emplace_back(core_, hop, bytes, how.repeats);
  }
}

void OutOfDialogRequests::send(const MessageBuilder& request, const Hop& hop, const Sending& how) {
  const std::string bytes = request.str();
  core_.transactions.start(bytes, hop, {});
  repeaters_.emplace_back(core_, hop, bytes, how.repeats);
}

}  // namespace fake_servers
