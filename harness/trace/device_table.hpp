#pragma once
// Which device an endpoint belongs to. One endpoint may hold several accounts (they register at one
// server with different users), one account may come from several endpoints, and several phones may
// register one account. Who never registers is known by the endpoint it calls from; who only
// answers, by that it answers at.

#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "harness/trace/shared_accounts.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {

class DeviceTable {
 public:
  /// `keeps_to_machines`: who speaks for an account and never registers it from there is another
  /// device. In a foreign capture it may be the same one, seen elsewhere.
  DeviceTable(std::vector<Device>& devices, const SharedAccounts& shared, bool keeps_to_machines)
      : devices_(devices), shared_(shared), keeps_to_machines_(keeps_to_machines) {}

  /// A REGISTER: the user decides, unless this endpoint is known and has no account there yet.
  void learn_register(const Flow& flow, std::string_view user);
  /// Any other request: a device that does not register is known by its endpoint.
  void learn_request(const Flow& flow, std::string_view user);
  /// Where a device that registers is called.
  void learn_contact(std::size_t device, const Endpoint& endpoint) {
    add_address(device, endpoint);
  }
  /// A device that was only seen to answer at this endpoint.
  void learn_callee(const Endpoint& endpoint, std::string_view user);

  bool holds(const Endpoint& endpoint) const { return endpoints_.contains(endpoint); }
  /// The device that a message between it and a server belongs to, if its endpoint says so.
  std::optional<std::size_t> only_device_at(const Endpoint& endpoint) const;
  /// The same by its machine: it may answer at another port than it sends from.
  std::optional<std::size_t> only_device_on(const Endpoint& endpoint) const;
  /// Where the endpoint does not, the user does: of those at the endpoint, if there are any.
  std::size_t device_of(const Endpoint& endpoint, std::string_view user) const;
  std::optional<std::size_t> by_user(std::string_view user) const;

 private:
  struct RegisteredHash {
    std::size_t operator()(const std::pair<std::size_t, ServerRole>& key) const {
      return key.first * 4 + static_cast<std::size_t>(key.second);
    }
  };
  struct PlaceHash {
    std::size_t operator()(const std::pair<std::size_t, Endpoint>& key) const {
      return key.first * 31 + EndpointHash()(key.second);
    }
  };

  std::optional<std::size_t> at_endpoint(const Endpoint& endpoint) const;
  bool is_at(std::size_t device, const Endpoint& endpoint) const {
    return places_.contains({device, endpoint});
  }
  bool is_another(std::size_t device, const Endpoint& endpoint) const;
  std::optional<std::size_t> sharer_at(const Flow& flow, std::string_view user);
  bool registers_with_another_user(std::size_t device, ServerRole server,
                                   std::string_view user) const;
  std::size_t make(std::string_view user, std::string_view why);
  void add_address(std::size_t device, const Endpoint& endpoint);

  std::vector<Device>& devices_;
  const SharedAccounts& shared_;
  bool keeps_to_machines_;
  std::unordered_map<std::string_view, std::size_t> users_;
  std::unordered_map<Endpoint, std::vector<std::size_t>, EndpointHash> endpoints_;
  /// Each device at its endpoints and (port 0) on its machines.
  std::unordered_set<std::pair<std::size_t, Endpoint>, PlaceHash> places_;
  /// By machine (port 0); nothing where there are several.
  std::unordered_map<Endpoint, std::optional<std::size_t>, EndpointHash> machines_;
  std::unordered_map<std::pair<std::size_t, ServerRole>, std::string_view, RegisteredHash>
      registered_;
  /// Of accounts that several phones register: each phone's device.
  std::unordered_map<const SharedAccounts::Phone*, std::size_t> sharers_;
};

}  // namespace sipharness::trace
