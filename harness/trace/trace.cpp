#include "harness/trace/trace.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "harness/base/fetch.hpp"

namespace sipharness::trace {
namespace {

/// Call-ID and both tags, whichever way the message went.
using DialogKey = std::pair<std::string_view, std::pair<std::string_view, std::string_view>>;

DialogKey dialog_of(const sip::MessageView& message) {
  return {message.call_id(), std::minmax(message.from_tag(), message.to_tag())};
}

/// Requests of a dialog that began at a server may go past it (RFC 3261 §12.2.1.1): they are of
/// that server's call.
void give_dialogs_their_server(std::vector<Message>& messages) {
  std::map<DialogKey, ServerRole> servers;
  for (Message& message : messages) {
    if (message.sip.to_tag().empty()) continue;
    if (message.server != ServerRole::none) {
      servers.emplace(dialog_of(message.sip), message.server);
    } else if (const auto server = servers.find(dialog_of(message.sip)); server != servers.end()) {
      message.server = server->second;
    }
  }
}

/// What one phone said lies scattered over a capture of many.
void fetch(const MessageList& messages, std::span<const std::uint32_t> indices) {
  for (const std::uint32_t index : indices) {
    const std::string_view bytes = messages.places()[index].text();
    touch(bytes.front());
    touch(bytes.back());
  }
  for (const std::uint32_t index : indices) {
    const std::string_view bytes = messages.places()[index].text();
    prefetch(bytes.data(), bytes.size());
  }
}

}  // namespace

std::string_view to_string(Vantage vantage) {
  switch (vantage) {
    case Vantage::device:
      return "device";
    case Vantage::server:
      return "server";
    case Vantage::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_string(ServerRole role) {
  switch (role) {
    case ServerRole::primary:
      return "primary";
    case ServerRole::secondary:
      return "secondary";
    case ServerRole::none:
      break;
  }
  return "";
}

ServerRole role_of(std::string_view server) {
  if (server == to_string(ServerRole::primary) || server == spare) return ServerRole::primary;
  if (server == to_string(ServerRole::secondary)) return ServerRole::secondary;
  return ServerRole::none;
}

std::string_view to_string(KnownFrom from) {
  switch (from) {
    case KnownFrom::named:
      return "named";
    case KnownFrom::journal:
      return "journal";
    case KnownFrom::profile:
      return "profile";
    case KnownFrom::inferred:
      break;
  }
  return "inferred";
}

bool Trace::has_server(ServerRole role) const {
  return std::ranges::find(servers, role, &Server::role) != servers.end();
}

std::size_t Trace::device_named(std::string_view name) const {
  const auto found = std::ranges::find(devices, name, &Device::name);
  return static_cast<std::size_t>(found - devices.begin());
}

std::vector<Message> Trace::messages_of(std::size_t device) const {
  constexpr std::size_t fetched_together = 16;
  const std::span<const std::uint32_t> own = partition.of(device).messages;
  std::vector<Message> found;
  found.reserve(own.size());
  bool has_direct = false;
  for (std::size_t position = 0; position < own.size(); ++position) {
    if (position % fetched_together == 0)
      fetch(messages, own.subspan(position, std::min(fetched_together, own.size() - position)));
    const std::uint32_t index = own[position];
    Message& message = found.emplace_back();
    messages.read(index, message);
    message.index = static_cast<std::uint32_t>(found.size() - 1);
    const auto& between = messages.flow_of(messages.places()[index]).between;
    if (!between) continue;
    has_direct = true;
    message.direction = between->first == device ? Direction::from_device : Direction::to_device;
    message.device = static_cast<std::uint32_t>(device);
  }
  if (has_direct) give_dialogs_their_server(found);
  return found;
}

}  // namespace sipharness::trace
