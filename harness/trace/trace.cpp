#include "harness/trace/trace.hpp"

#include <algorithm>

namespace sipharness::trace {

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
  if (server == to_string(ServerRole::primary)) return ServerRole::primary;
  if (server == to_string(ServerRole::secondary)) return ServerRole::secondary;
  return ServerRole::none;
}

std::size_t Trace::device_named(std::string_view name) const {
  const auto found = std::ranges::find(devices, name, &Device::name);
  return static_cast<std::size_t>(found - devices.begin());
}

std::vector<Message> Trace::messages_of(std::size_t device) const {
  const std::vector<std::uint32_t>& own = partition.of(device).messages;
  std::vector<Message> found;
  found.reserve(own.size());
  for (const std::uint32_t index : own) {
    found.push_back(messages[index]);
    found.back().index = static_cast<std::uint32_t>(found.size() - 1);
  }
  return found;
}

}  // namespace sipharness::trace
