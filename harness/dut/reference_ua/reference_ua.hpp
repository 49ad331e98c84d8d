#pragma once
// The reference UA: a phone with two servers that behaves as guide.txt says and as RFC 3261 wants,
// unless a deviation is asked for. Written against World, so it runs in both worlds.
// @source guide.txt, Cases 1 and 2; RFC 3261 §8, §10, §12, §13, §15; RFC 3263 §4.3

#include <memory>
#include <optional>
#include <string>

#include "harness/base/rng.hpp"
#include "harness/dut/device.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/scenario/profile.hpp"
#include "harness/world/world.hpp"

namespace sipharness::dut {

/// What it is told of a server besides an address.
struct ServerName {
  std::string host{};       ///< empty: nothing but the address
  bool by_service = false;  ///< no port, or else that of the endpoint
};

struct ReferenceUaOptions {
  std::string name = "phone";
  scenario::Profile profile;  ///< with the scenario's configure applied; the one source of timers
  Endpoint local;             ///< where it listens (port 0: any)
  std::optional<IpAddress> elsewhere{};  ///< where it moves; nothing: it has nowhere to go
  Endpoint primary;
  Endpoint secondary;
  ServerName primary_name{};
  ServerName secondary_name{};
  std::optional<Endpoint> name_server{};
  std::string password;     ///< resolved
  DeviationSet deviations;  ///< what it does wrong on purpose
};

class ReferenceUa final : public Device {
 public:
  ReferenceUa(world::World& world, const Rng& rng, ReferenceUaOptions options);
  ~ReferenceUa() override;
  const std::string& name() const override;
  bool perform(const scenario::DeviceStep& step) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::dut
