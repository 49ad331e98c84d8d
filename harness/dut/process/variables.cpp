#include "harness/dut/process/variables.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/net/socket.hpp"

namespace sipharness::dut {
namespace {

bool is_free(const Endpoint& endpoint, Transport transport) {
  try {
    return host::open_bound(transport, endpoint).is_open();
  } catch (const SetupError&) {
    return false;
  }
}

/// Even, free for UDP and TCP, and the next one free for UDP: it may become a port for RTP.
std::uint16_t free_port(const IpAddress& address) {
  constexpr int tries = 1000;
  for (int i = 0; i < tries; ++i) {
    const auto port =
        host::local_endpoint(host::open_bound(Transport::udp, {address, 0})).port & 0xfffeU;
    const auto even = static_cast<std::uint16_t>(port);
    const auto odd = static_cast<std::uint16_t>(port + 1);
    // Some softphones bind to every address of the host, whatever they are told.
    const Endpoint anywhere{IpAddress::v4({0, 0, 0, 0}), even};
    if (is_free(anywhere, Transport::udp) && is_free({address, even}, Transport::udp) &&
        is_free({address, even}, Transport::tcp) && is_free({address, odd}, Transport::udp))
      return even;
  }
  throw SetupError(fmt::format("no free ports at {}", address.text()));
}

std::optional<std::string> find_endpoint(const ServerAddress& server, std::string_view name) {
  if (name == "address") return server.endpoint.address.text();
  if (name == "host") return server.host.empty() ? server.endpoint.address.uri_text() : server.host;
  if (name == "port") return std::to_string(server.endpoint.port);
  return std::nullopt;
}

/// What follows the prefix; nothing if there is none.
std::optional<std::string_view> behind(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  return name.substr(prefix.size());
}

}  // namespace

std::string Variables::fill(std::string_view text) {
  return scenario::filled(text, [this](std::string_view name) { return find(name); });
}

std::optional<std::string> Variables::find(std::string_view name) {
  if (const auto part = behind(name, "primary.")) return find_endpoint(values_.primary, *part);
  if (const auto part = behind(name, "secondary.")) return find_endpoint(values_.secondary, *part);
  if (const auto part = behind(name, "name_server."))
    return find_endpoint({values_.name_server.value_or(Endpoint{}), {}}, *part);
  if (const auto part = behind(name, "account.")) return find_account(*part);
  if (const auto part = behind(name, "port.")) return port(*part);
  if (name == "home") return values_.home;
  if (name == "run") return values_.run_folder;
  if (name == "device.address") return values_.device.text();
  if (name == "number") return number_;
  return scenario::setting_text(values_.profile, name);
}

std::optional<std::string> Variables::find_account(std::string_view name) const {
  const scenario::Account& account = values_.profile.account;
  if (name == "user") return account.user;
  if (name == "auth_user") return account.username();
  if (name == "password") return values_.password;
  return std::nullopt;
}

std::string Variables::port(std::string_view name) {
  const auto known = ports_.find(name);
  if (known != ports_.end()) return std::to_string(known->second);
  const auto is_taken = [this](std::uint16_t number) {
    return std::ranges::any_of(ports_, [number](const auto& p) { return p.second == number; });
  };
  std::uint16_t port = free_port(values_.device);
  while (is_taken(port)) port = free_port(values_.device);
  ports_.emplace(name, port);
  return std::to_string(port);
}

}  // namespace sipharness::dut
