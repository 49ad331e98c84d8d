#include "harness/trace/device_table.hpp"

#include <algorithm>

namespace sipharness::trace {
namespace {

const SharedAccounts::Phone* phone_at(const std::vector<SharedAccounts::Phone>& phones,
                                      const Flow& flow) {
  const bool is_tcp = flow.transport == Transport::tcp;
  const Endpoint source = is_tcp ? Endpoint{flow.source.address, 0} : flow.source;
  for (const SharedAccounts::Phone& phone : phones)
    if (std::ranges::binary_search(phone.endpoints, source)) return &phone;
  return nullptr;
}

}  // namespace

void DeviceTable::learn_register(const Flow& flow, std::string_view user) {
  std::optional<std::size_t> device = sharer_at(flow, user);
  if (!device) device = by_user(user);
  if (!device) {
    device = at_endpoint(flow.source);
    if (device && registers_with_another_user(*device, flow.server, user)) device.reset();
  }
  if (!device) device = make(user, "registers");
  registered_.emplace(std::pair(*device, flow.server), user);
  users_.emplace(user, *device);
  add_address(*device, flow.source);
}

void DeviceTable::learn_request(const Flow& flow, std::string_view user) {
  std::optional<std::size_t> device = at_endpoint(flow.source);
  if (!device) device = by_user(user);
  if (!device || is_another(*device, flow.source)) device = make(user, "sends requests");
  add_address(*device, flow.source);
}

void DeviceTable::learn_callee(const Endpoint& endpoint, std::string_view user) {
  add_address(make(user, only_answers), endpoint);
}

std::optional<std::size_t> DeviceTable::only_device_at(const Endpoint& endpoint) const {
  const auto found = endpoints_.find(endpoint);
  if (found == endpoints_.end() || found->second.size() != 1) return std::nullopt;
  return found->second.front();
}

std::optional<std::size_t> DeviceTable::only_device_on(const Endpoint& endpoint) const {
  const auto found = machines_.find({endpoint.address, 0});
  return found == machines_.end() ? std::nullopt : found->second;
}

std::size_t DeviceTable::device_of(const Endpoint& endpoint, std::string_view user) const {
  const auto here = at_endpoint(endpoint);
  const auto device = by_user(user);
  if (device && (!here || is_at(*device, endpoint))) return *device;
  return here.value_or(0);
}

std::optional<std::size_t> DeviceTable::by_user(std::string_view user) const {
  const auto found = users_.find(user);
  if (user.empty() || found == users_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::size_t> DeviceTable::at_endpoint(const Endpoint& endpoint) const {
  const auto found = endpoints_.find(endpoint);
  if (found == endpoints_.end()) return std::nullopt;
  return found->second.front();
}

bool DeviceTable::is_another(std::size_t device, const Endpoint& endpoint) const {
  return keeps_to_machines_ && !is_at(device, {endpoint.address, 0});
}

std::optional<std::size_t> DeviceTable::sharer_at(const Flow& flow, std::string_view user) {
  const auto& phones = shared_.phones_of(user);
  const SharedAccounts::Phone* phone = phone_at(phones, flow);
  if (phone == nullptr) return std::nullopt;
  const auto known = sharers_.find(phone);
  if (known != sharers_.end()) return known->second;
  const std::size_t device = make(user, "registers");
  devices_[device].shares_account = describe(user, phones, keeps_to_machines_);
  devices_[device].is_told_apart = phone->is_told_apart;
  sharers_.emplace(phone, device);
  return device;
}

bool DeviceTable::registers_with_another_user(std::size_t device, ServerRole server,
                                              std::string_view user) const {
  const auto found = registered_.find({device, server});
  return found != registered_.end() && found->second != user;
}

std::size_t DeviceTable::make(std::string_view user, std::string_view why) {
  devices_.emplace_back();
  devices_.back().user = user;
  devices_.back().known.why = why;
  users_.emplace(user, devices_.size() - 1);
  return devices_.size() - 1;
}

void DeviceTable::add_address(std::size_t device, const Endpoint& endpoint) {
  if (!places_.emplace(device, endpoint).second) return;
  places_.emplace(device, Endpoint{endpoint.address, 0});
  endpoints_[endpoint].push_back(device);
  devices_[device].addresses.push_back(endpoint);
  const auto [machine, is_new] = machines_.try_emplace({endpoint.address, 0}, device);
  if (!is_new && machine->second != device) machine->second.reset();
}

}  // namespace sipharness::trace
