#include "harness/trace/roles.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>

#include "harness/trace/users.hpp"

namespace sipharness::trace {
namespace {

using Place = MessageList::Place;

/// The device's own user part in a message that it sent or got: From names who sent the request.
std::string_view device_user(const Message& message) {
  const bool is_register = message.sip.method() == sip::Method::register_;
  const bool sent_request = message.from_device() == message.sip.is_request();
  return user_in(message.sip,
                 sent_request && !is_register ? sip::HeaderId::from : sip::HeaderId::to);
}

// --- Servers -------------------------------------------------------------------------------------

/// Which endpoints are servers, by exact endpoint and, for a server's own outgoing connections, by
/// an address that only one server has.
class ServerTable {
 public:
  explicit ServerTable(const std::vector<Server>& servers) {
    for (const Server& server : servers) {
      roles_.emplace(server.endpoint, server.role);
      const auto [place, is_new] =
          hosts_.emplace(Endpoint{server.endpoint.address, 0}, server.role);
      if (!is_new) place->second = ServerRole::none;
    }
  }
  ServerRole role(const Endpoint& endpoint, Transport transport) const {
    if (const auto found = roles_.find(endpoint); found != roles_.end()) return found->second;
    if (transport == Transport::udp) return ServerRole::none;
    const auto found = hosts_.find(Endpoint{endpoint.address, 0});
    return found == hosts_.end() ? ServerRole::none : found->second;
  }

 private:
  std::unordered_map<Endpoint, ServerRole, EndpointHash> roles_;
  std::unordered_map<Endpoint, ServerRole, EndpointHash> hosts_;
};

/// policy: the first destination of a user's requests is its primary, the next one its secondary.
class ServerInference {
 public:
  void learn(const Flow& flow, std::string_view user) {
    std::vector<Endpoint>& known = destinations_[user];
    if (known.size() >= 2 || std::ranges::find(known, flow.destination) != known.end()) return;
    if (roles_.contains(flow.source)) return;
    known.push_back(flow.destination);
    const ServerRole role = known.size() == 1 ? ServerRole::primary : ServerRole::secondary;
    if (roles_.emplace(flow.destination, role).second) {
      servers.push_back({role, flow.destination});
    }
  }

  std::vector<Server> servers;

 private:
  std::unordered_map<std::string_view, std::vector<Endpoint>> destinations_;
  std::unordered_map<Endpoint, ServerRole, EndpointHash> roles_;
};

std::vector<Server> infer_servers(const Trace& trace) {
  ServerInference by_register;
  ServerInference by_invite;
  for (const Place& place : trace.messages.places()) {
    if (!place.is_request) continue;
    if (place.method == sip::Method::register_) {
      by_register.learn(trace.messages.flow_of(place), place.user());
    } else if (place.method == sip::Method::invite && !place.is_in_dialog) {
      by_invite.learn(trace.messages.flow_of(place), place.user());
    }
  }
  return by_register.servers.empty() ? by_invite.servers : by_register.servers;
}

// --- Devices -------------------------------------------------------------------------------------

/// Which device an endpoint belongs to. One endpoint may hold several accounts (they register at
/// the same server with different users), one account may come from several endpoints.
class DeviceTable {
 public:
  explicit DeviceTable(std::vector<Device>& devices) : devices_(devices) {}

  /// A REGISTER: the user decides, unless this endpoint is known and has no account there yet.
  void learn_register(const Flow& flow, std::string_view user) {
    std::optional<std::size_t> device = by_user(user);
    if (!device) {
      device = at_endpoint(flow.source);
      if (device && registers_with_another_user(*device, flow.server, user)) device.reset();
    }
    if (!device) device = make(user);
    registered_.emplace(std::pair(*device, flow.server), user);
    users_.emplace(user, *device);
    add_address(*device, flow.source);
  }

  /// Any other request: a device that does not register is known by its endpoint.
  void learn_request(const Flow& flow, std::string_view user) {
    std::optional<std::size_t> device = at_endpoint(flow.source);
    if (!device) device = by_user(user);
    if (!device) device = make(user);
    users_.emplace(devices_[*device].user, *device);
    add_address(*device, flow.source);
  }

  /// The device that a message between it and a server belongs to, if its endpoint says so.
  std::optional<std::size_t> only_device_at(const Flow& flow) const {
    const auto found = endpoints_.find(device_end(flow));
    if (found == endpoints_.end() || found->second.size() != 1) return std::nullopt;
    return found->second.front();
  }
  /// Where the endpoint does not, the user does.
  std::size_t device_of(const Flow& flow, std::string_view user) const {
    if (const auto device = by_user(user)) return *device;
    const auto found = endpoints_.find(device_end(flow));
    return found != endpoints_.end() ? found->second.front() : 0;
  }

 private:
  static const Endpoint& device_end(const Flow& flow) {
    return flow.direction == Direction::from_device ? flow.source : flow.destination;
  }

  struct RegisteredHash {
    std::size_t operator()(const std::pair<std::size_t, ServerRole>& key) const {
      return key.first * 4 + static_cast<std::size_t>(key.second);
    }
  };

  std::optional<std::size_t> by_user(std::string_view user) const {
    const auto found = users_.find(user);
    if (user.empty() || found == users_.end()) return std::nullopt;
    return found->second;
  }
  std::optional<std::size_t> at_endpoint(const Endpoint& endpoint) const {
    const auto found = endpoints_.find(endpoint);
    if (found == endpoints_.end()) return std::nullopt;
    return found->second.front();
  }
  bool registers_with_another_user(std::size_t device, ServerRole server,
                                   std::string_view user) const {
    const auto found = registered_.find({device, server});
    return found != registered_.end() && found->second != user;
  }
  std::size_t make(std::string_view user) {
    devices_.emplace_back();
    devices_.back().user = user;
    return devices_.size() - 1;
  }
  void add_address(std::size_t device, const Endpoint& endpoint) {
    std::vector<std::size_t>& holders = endpoints_[endpoint];
    if (std::ranges::find(holders, device) != holders.end()) return;
    holders.push_back(device);
    devices_[device].addresses.push_back(endpoint);
  }

  std::vector<Device>& devices_;
  std::unordered_map<std::string_view, std::size_t> users_;
  std::unordered_map<Endpoint, std::vector<std::size_t>, EndpointHash> endpoints_;
  std::unordered_map<std::pair<std::size_t, ServerRole>, std::string_view, RegisteredHash>
      registered_;
};

/// The devices with an action in the journal of a run.
std::set<std::string_view> devices_with_actions(const journal::Journal& journal) {
  std::set<std::string_view> names;
  for (const journal::Entry& entry : journal)
    if (const auto* action = std::get_if<journal::Action>(&entry.event))
      names.insert(action->device);
  return names;
}

/// Strangers are told from those the run is about. There is always one of those.
void mark_tested(Trace& trace, const Tested& tested) {
  std::vector<Device>& devices = trace.devices;
  for (std::size_t i = 0; i < devices.size(); ++i)
    devices[i].under_test =
        tested.users.empty() ? i == 0 : std::ranges::count(tested.users, devices[i].user) > 0;
  if (std::ranges::any_of(devices, &Device::under_test)) return;
  devices.emplace_back();
  if (!tested.users.empty()) devices.back().user = tested.users.front();
}

/// Adds those that never said a word: they are judged like the others. One alone under test is
/// "phone", whoever else comes by.
void name_devices(Trace& trace) {
  std::vector<Device>& devices = trace.devices;
  const auto acted = devices_with_actions(trace.journal);
  if (devices.size() == 1 && acted.size() < 2) return;
  const bool is_alone =
      acted.size() < 2 && std::ranges::count(devices, true, &Device::under_test) == 1;
  const bool has_strangers = std::ranges::count(devices, false, &Device::under_test) > 0;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    Device& device = devices[i];
    if (device.under_test && is_alone && has_strangers) continue;
    device.name = "phone-" + (device.user.empty() ? std::to_string(i + 1) : device.user);
  }
  if (acted.size() < 2) return;
  for (const std::string_view name : acted) {
    if (trace.device_named(name) < devices.size()) continue;
    devices.emplace_back();
    devices.back().name = name;
  }
}

// --- Directions ----------------------------------------------------------------------------------

struct Route {
  Direction direction = Direction::elsewhere;
  ServerRole server = ServerRole::none;
};

Route route(const ServerTable& servers, const Endpoint& source, const Endpoint& destination,
            Transport transport) {
  const ServerRole from = servers.role(source, transport);
  const ServerRole to = servers.role(destination, transport);
  if (from == ServerRole::none && to != ServerRole::none) return {Direction::from_device, to};
  if (from != ServerRole::none && to == ServerRole::none) return {Direction::to_device, from};
  return {};
}

void assign_directions(Trace& trace, const ServerTable& servers) {
  for (Flow& flow : trace.messages.flows()) {
    const Route way = route(servers, flow.source, flow.destination, flow.transport);
    flow.direction = way.direction;
    flow.server = way.server;
  }
  for (Malformed& bytes : trace.malformed) {
    bytes.direction = route(servers, bytes.source, bytes.destination, bytes.transport).direction;
  }
}

void learn_devices(Trace& trace, DeviceTable& table) {
  const MessageList& messages = trace.messages;
  for (const bool registers : {true, false}) {
    for (const Place& place : messages.places()) {
      const Flow& flow = messages.flow_of(place);
      if (!place.is_request || flow.direction != Direction::from_device) continue;
      if ((place.method == sip::Method::register_) != registers) continue;
      if (registers) {
        table.learn_register(flow, place.user());
      } else {
        table.learn_request(flow, place.user());
      }
    }
  }
}

void assign_devices(Trace& trace) {
  DeviceTable table(trace.devices);
  learn_devices(trace, table);
  if (trace.devices.empty()) return;
  MessageList& messages = trace.messages;
  std::vector<std::optional<std::size_t>> by_flow;
  for (const Flow& flow : messages.flows()) by_flow.push_back(table.only_device_at(flow));
  for (std::size_t index = 0; index < messages.size(); ++index) {
    Place& place = messages.places()[index];
    const Flow& flow = messages.flow_of(place);
    if (flow.direction == Direction::elsewhere) continue;
    const auto known = by_flow[place.flow];
    const std::size_t device = known ? *known : table.device_of(flow, device_user(messages[index]));
    place.device = static_cast<std::uint32_t>(device);
    std::string& user_agent = trace.devices[device].user_agent;
    if (place.has_user_agent && user_agent.empty() && flow.direction == Direction::from_device)
      user_agent = messages[index].sip.header(sip::HeaderId::user_agent);
  }
}

void assign_transport_events(Trace& trace, const ServerTable& servers) {
  for (StreamMark& mark : trace.stream_marks) {
    const Route way = route(servers, mark.source, mark.destination, Transport::tcp);
    mark.server = way.server;
    const bool is_reset = mark.event == capture::StreamEvent::reset;
    if (is_reset && way.direction == Direction::to_device) {
      trace.transport_failures.push_back(
          {mark.frame, mark.at, Transport::tcp, mark.destination, mark.source, way.server});
    }
  }
  std::erase_if(trace.stream_marks,
                [](const StreamMark& mark) { return mark.server == ServerRole::none; });
  for (TransportFailure& failure : trace.transport_failures) {
    failure.server = servers.role(failure.destination, failure.transport);
  }
  std::erase_if(trace.transport_failures, [&](const TransportFailure& failure) {
    return servers.role(failure.device, failure.transport) != ServerRole::none;
  });
  std::ranges::stable_sort(trace.transport_failures, {}, &TransportFailure::frame);
}

}  // namespace

void assign_roles(Trace& trace, RoleSource source, const std::optional<Tested>& tested) {
  if (source == RoleSource::traffic) trace.servers = infer_servers(trace);
  const ServerTable servers(trace.servers);
  assign_directions(trace, servers);
  assign_devices(trace);
  if (trace.devices.empty() && source == RoleSource::scenario) trace.devices.emplace_back();
  if (tested) mark_tested(trace, *tested);
  name_devices(trace);
  assign_transport_events(trace, servers);
}

}  // namespace sipharness::trace
