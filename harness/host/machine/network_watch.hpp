#pragma once
// Notices that the network is taken from under a run: an interface that is gone, down or without a
// cable, an address that this host has no more. What the capture lacks from then on says nothing of
// the device.
//  1. Looks ten times a second; what is shorter may pass unseen.
//  2. `changed` gets the fault, or an empty text once all is well again.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

/// What is wrong with an interface or with one of the addresses that this host should have: "the
/// interface eth0 has no carrier"; nothing if all is well.
std::optional<std::string> network_fault(const std::string& interface,
                                         const std::vector<IpAddress>& addresses);

class NetworkWatch {
 public:
  NetworkWatch(world::World& world, std::string interface, std::vector<IpAddress> addresses,
               std::function<void(const std::string& fault)> changed);

 private:
  void look();

  world::World& world_;
  const std::string interface_;
  const std::vector<IpAddress> addresses_;
  const std::function<void(const std::string&)> changed_;
  std::string fault_;
  world::Timer timer_;
};

}  // namespace sipharness::host
