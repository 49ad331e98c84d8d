#include "fake_servers/out_of_dialog_requests.hpp"

#include <fmt/format.h>

#include "fake_servers/event_state.hpp"

namespace fake_servers {

using sipharness::scenario::Raw;
using sipharness::scenario::Sending;

namespace {

void fill_in(std::string& line, std::string_view name, std::string_view value) {
  const std::string variable = fmt::format("${{{}}}", name);
  for (auto at = line.find(variable); at != std::string::npos;
       at = line.find(variable, at + value.size()))
    line.replace(at, variable.size(), value);
}

/// What a step spells out, for one binding of the server at `local`.
std::string bytes_for(const Binding& binding, const Endpoint& local, const Raw& raw) {
  std::string bytes = raw.bytes;
  for (std::string line : raw.lines) {
    fill_in(line, "contact", binding.uri);
    fill_in(line, "user", binding.user);
    fill_in(line, "device", binding.hop.remote.text());
    fill_in(line, "server", local.text());
    bytes += line + "\r\n";
  }
  return bytes;
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
    const std::string bytes = bytes_for(binding, core_.local, raw);
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
