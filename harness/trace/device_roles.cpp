#include "harness/trace/device_roles.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "harness/base/shortened.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"
#include "harness/trace/device_table.hpp"
#include "harness/trace/flow_evidence.hpp"
#include "harness/trace/sip_endpoints.hpp"
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

const Endpoint& device_end(const Flow& flow) {
  return flow.direction == Direction::from_device ? flow.source : flow.destination;
}

/// The same account over the same flow again teaches nothing.
void learn_registrants(const MessageList& messages, DeviceTable& table) {
  std::vector<std::uint32_t> newest(messages.flows().size());
  for (const Place& place : messages.places()) {
    const Flow& flow = messages.flow_of(place);
    const bool registers = place.is_request && place.method == sip::Method::register_ &&
                           flow.direction == Direction::from_device;
    if (!registers || (place.user != 0 && newest[place.flow] == place.user)) continue;
    newest[place.flow] = place.user;
    table.learn_register(flow, messages.user_of(place));
  }
}

/// Of a flow the first request tells whose it is.
void learn_other_senders(const MessageList& messages, DeviceTable& table) {
  std::vector<bool> is_learned(messages.flows().size());
  for (const Place& place : messages.places()) {
    if (!place.is_request || place.method == sip::Method::register_ || is_learned[place.flow])
      continue;
    is_learned[place.flow] = true;
    const Flow& flow = messages.flow_of(place);
    if (flow.direction == Direction::from_device)
      table.learn_request(flow, messages.user_of(place));
  }
}

/// Whose the flows of a foreign capture are whose device end sent no request.
class Callees {
 public:
  Callees(Trace& trace, DeviceTable& table)
      : trace_(trace), messages_(trace.messages), table_(table) {}

  void learn() {
    find_first_messages();
    for (std::size_t index = 0; index < messages_.flows().size(); ++index) {
      const Flow& flow = messages_.flows()[index];
      if (flow.direction == Direction::from_device) speakers_.insert(flow.source);
    }
    for (std::size_t index = 0; index < messages_.flows().size(); ++index) learn_flow(index);
  }

  /// The device at the other end of a flow; nothing where messages are told apart one by one.
  std::optional<std::size_t> device_of(const Flow& flow) const {
    const auto known = silent_.find(device_end(flow));
    if (known != silent_.end()) return known->second;
    if (const auto device = table_.only_device_at(device_end(flow))) return device;
    return table_.only_device_on(device_end(flow));
  }

 private:
  void find_first_messages() {
    first_.assign(messages_.flows().size(), messages_.size());
    for (std::size_t index = messages_.size(); index-- > 0;)
      first_[messages_.places()[index].flow] = index;
  }

  void learn_flow(std::size_t index) {
    Flow& flow = messages_.flows()[index];
    if (flow.direction == Direction::elsewhere) return;
    const Endpoint& end = device_end(flow);
    if (table_.holds(end) || silent_.contains(end)) return;
    const std::string_view user = device_user(messages_[first_[index]]);
    const auto by_user = table_.by_user(user);
    const auto own = by_user && is_on_machine(*by_user, end) ? by_user : table_.only_device_on(end);
    if (own) {
      silent_.emplace(end, *own);
    } else if (speakers_.contains(end)) {
      if (const auto registered = registered_at(end))
        table_.learn_contact(*registered, end);
      else
        table_.learn_callee(end, user);
    } else if (by_user) {
      silent_.emplace(end, *by_user);
    } else {
      flow.direction = Direction::elsewhere;
      flow.left_out = "to an address that never answered";
    }
  }

  /// The one device whose REGISTERs name `end` as their Contact.
  std::optional<std::size_t> registered_at(const Endpoint& end) {
    if (!contacts_) find_contacts();
    const auto found = contacts_->find(end);
    return found == contacts_->end() ? std::nullopt : found->second;
  }
  void find_contacts() {
    contacts_.emplace();
    for (std::size_t index = 0; index < messages_.size(); ++index) {
      const Place& place = messages_.places()[index];
      const Flow& flow = messages_.flow_of(place);
      const bool is_register = place.is_request && place.method == sip::Method::register_;
      if (!is_register || flow.direction != Direction::from_device) continue;
      const auto contact = sip::first_address(messages_[index].sip.header(sip::HeaderId::contact));
      const auto uri = contact ? sip::parse_uri(contact->uri) : std::nullopt;
      const auto at = uri ? uri->endpoint() : std::nullopt;
      if (!at) continue;
      const std::size_t device = table_.device_of(flow.source, messages_.user_of(place));
      const auto [known, is_new] = contacts_->try_emplace(*at, device);
      if (!is_new && known->second != device) known->second.reset();
    }
  }
  bool is_on_machine(std::size_t device, const Endpoint& end) const {
    const auto& addresses = trace_.devices[device].addresses;
    return std::ranges::find(addresses, end.address, &Endpoint::address) != addresses.end();
  }

  Trace& trace_;
  MessageList& messages_;
  DeviceTable& table_;
  std::vector<std::size_t> first_;  ///< message of each flow
  EndpointSet speakers_;
  /// Contacts of REGISTERs; nothing where two devices have one. Found when first asked for.
  std::optional<std::unordered_map<Endpoint, std::optional<std::size_t>, EndpointHash>> contacts_;
  /// Endpoints that devices receive at and send nothing from.
  std::unordered_map<Endpoint, std::size_t, EndpointHash> silent_;
};

/// What devices exchange past the servers, with each other or with anybody that listens.
void connect_devices(Trace& trace, const DeviceTable& table) {
  const auto device_at = [&](const Endpoint& endpoint) {
    auto device = table.only_device_at(endpoint);
    if (!device) device = table.only_device_on(endpoint);
    return device ? static_cast<std::uint32_t>(*device) : no_device;
  };
  const EndpointSet closed = closed_server_ports(trace);
  for (Flow& flow : trace.messages.flows()) {
    flow.between.reset();
    if (flow.direction != Direction::elsewhere || !flow.left_out.empty()) continue;
    if (closed.contains(flow.destination)) continue;
    const std::uint32_t source = device_at(flow.source);
    const std::uint32_t destination = device_at(flow.destination);
    if (source != destination) flow.between = {source, destination};
  }
}

void assign_messages(Trace& trace, const DeviceTable& table,
                     const std::vector<std::optional<std::size_t>>& by_flow) {
  MessageList& messages = trace.messages;
  for (std::size_t index = 0; index < messages.size(); ++index) {
    Place& place = messages.places()[index];
    const Flow& flow = messages.flow_of(place);
    if (flow.direction == Direction::elsewhere) continue;
    const auto known = by_flow[place.flow];
    const std::size_t device =
        known ? *known : table.device_of(device_end(flow), device_user(messages[index]));
    place.device = static_cast<std::uint32_t>(device);
    std::string& user_agent = trace.devices[device].user_agent;
    if (place.has_user_agent && user_agent.empty() && flow.direction == Direction::from_device)
      user_agent = shortened(messages[index].sip.header(sip::HeaderId::user_agent));
  }
}

/// Where no phone asks for anything, those that are called are nobody's far end.
void name_lone_callees(Trace& trace) {
  const auto answers = [](const Device& device) { return device.known.why == only_answers; };
  if (!std::ranges::all_of(trace.devices, answers)) return;
  for (Device& device : trace.devices) device.known.why = "is called";
}

/// The devices with an action in the journal of a run.
std::set<std::string_view> devices_with_actions(const journal::Journal& journal) {
  std::set<std::string_view> names;
  for (const journal::Entry& entry : journal)
    if (const auto* action = std::get_if<journal::Action>(&entry.event))
      names.insert(action->device);
  return names;
}

// --- Strangers -----------------------------------------------------------------------------------

struct Conduct {
  bool is_served = false;  ///< some request but OPTIONS was
  bool answers = false;
  bool registers = false;
  bool sends_others = false;  ///< than OPTIONS
  bool is_refused = false;
};

std::vector<Conduct> conduct_of_devices(const Trace& trace) {
  std::vector<Conduct> conduct(trace.devices.size());
  for (const Place& place : trace.messages.places()) {
    const Flow& flow = trace.messages.flow_of(place);
    if (flow.direction == Direction::elsewhere) continue;
    Conduct& of = conduct[place.device];
    const bool is_options = place.method == sip::Method::options;
    if (flow.direction == Direction::from_device) {
      of.answers = of.answers || !place.is_request;
      of.registers = of.registers || (place.is_request && place.method == sip::Method::register_);
      of.sends_others = of.sends_others || (place.is_request && !is_options);
    } else if (!place.is_request && !is_options) {
      of.is_served = of.is_served || place.welcome == Welcome::served;
      of.is_refused = of.is_refused || place.welcome != Welcome::nothing;
    }
  }
  return conduct;
}

bool is_known_scanner(std::string_view user_agent) {
  constexpr std::array scanners{"friendly-scanner", "sipvicious", "sipcli",    "sipsak",
                                "VaxSIPUserAgent",  "pplsip",     "SIPBrowser"};
  return std::ranges::any_of(scanners, [&](std::string_view scanner) {
    return user_agent.find(scanner) != std::string_view::npos;
  });
}

/// Endpoints that register several accounts, none of which was let in.
EndpointSet guessing_endpoints(const Trace& trace, const std::vector<Conduct>& conduct) {
  std::unordered_map<Endpoint, std::uint32_t, EndpointHash> accounts;
  EndpointSet let_in;
  for (std::size_t device = 0; device < conduct.size(); ++device)
    for (const Endpoint& endpoint : trace.devices[device].addresses) {
      if (conduct[device].registers) ++accounts[endpoint];
      if (conduct[device].is_served) let_in.insert(endpoint);
    }
  EndpointSet guessing;
  for (const auto& [endpoint, count] : accounts)
    if (count > 1 && !let_in.contains(endpoint)) guessing.insert(endpoint);
  return guessing;
}

/// The run gave a device another address: two machines with one Call-ID are that device.
bool moves_device(const Trace& trace) {
  return std::ranges::any_of(trace.journal, [](const journal::Entry& entry) {
    const auto* const action = std::get_if<journal::Action>(&entry.event);
    return action != nullptr && action->verb == "move";
  });
}

}  // namespace

void assign_devices(Trace& trace) {
  trace.devices.clear();
  const bool is_field = !trace.has_journal();
  const SharedAccounts shared(trace.messages, !is_field && !moves_device(trace));
  DeviceTable table(trace.devices, shared, !is_field);
  learn_registrants(trace.messages, table);
  learn_other_senders(trace.messages, table);
  Callees callees(trace, table);
  if (is_field) callees.learn();
  if (trace.devices.empty()) return;
  std::vector<std::optional<std::size_t>> by_flow;
  for (const Flow& flow : trace.messages.flows())
    by_flow.push_back(is_field ? callees.device_of(flow) : table.only_device_at(device_end(flow)));
  assign_messages(trace, table, by_flow);
  name_lone_callees(trace);
  if (is_field) connect_devices(trace, table);
}

void mark_strangers(Trace& trace) {
  const std::vector<Conduct> conduct = conduct_of_devices(trace);
  if (std::ranges::none_of(conduct, &Conduct::is_served)) return;
  const EndpointSet guessing = guessing_endpoints(trace, conduct);
  for (std::size_t i = 0; i < conduct.size(); ++i) {
    const Conduct& of = conduct[i];
    Device& device = trace.devices[i];
    if (of.is_served || of.answers) continue;
    const bool guesses = std::ranges::any_of(
        device.addresses, [&](const Endpoint& endpoint) { return guessing.contains(endpoint); });
    std::string_view why;
    if (!of.sends_others)
      why = "sends OPTIONS only";
    else if (is_known_scanner(device.user_agent))
      why = "its User-Agent is a scanner's";
    else if (guesses)
      why = "registers several accounts, none of which was let in";
    else if (!of.registers && of.is_refused)
      why = "does not register, and every request was refused";
    if (why.empty()) continue;
    device.under_test = false;
    device.is_stranger = true;
    device.known.why = why;
  }
}

void mark_tested(Trace& trace, const Tested& tested) {
  std::vector<Device>& devices = trace.devices;
  const auto is_named = [&](const Device& device) {
    return std::ranges::count(tested.users, device.user) > 0;
  };
  if (tested.or_everyone && std::ranges::none_of(devices, is_named)) return;
  // Those of a run were there before whoever speaks for their accounts as well.
  std::unordered_set<std::string_view> met;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const bool is_first = !trace.has_journal() || met.insert(devices[i].user).second;
    devices[i].under_test = tested.users.empty() ? i == 0 : is_first && is_named(devices[i]);
    if (is_named(devices[i])) devices[i].known = {.from = KnownFrom::profile};
  }
  if (std::ranges::any_of(devices, &Device::under_test)) return;
  devices.emplace_back();
  if (!tested.users.empty()) devices.back().user = tested.users.front();
}

void name_devices(Trace& trace) {
  std::vector<Device>& devices = trace.devices;
  const auto acted = devices_with_actions(trace.journal);
  if (devices.size() == 1 && acted.size() < 2) return;
  const bool is_alone =
      acted.size() < 2 && std::ranges::count(devices, true, &Device::under_test) == 1;
  const bool has_strangers = std::ranges::count(devices, false, &Device::under_test) > 0;
  std::unordered_set<std::string> taken;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    Device& device = devices[i];
    if (device.under_test && is_alone && has_strangers) continue;
    device.name = "phone-" + (device.user.empty() ? std::to_string(i + 1) : device.user);
    if (!taken.insert(device.name).second && !device.addresses.empty())
      device.name += "@" + device.addresses.front().text();
  }
  if (acted.size() < 2) return;
  for (const std::string_view name : acted) {
    if (!taken.insert(std::string(name)).second) continue;
    devices.emplace_back();
    devices.back().name = name;
  }
}

}  // namespace sipharness::trace
