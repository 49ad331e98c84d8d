#pragma once
// Finds the machines of a SIP server that is known by its name, in the order they are tried.
//  1. With a port: the addresses of the name. Without one: the targets of its SRV record, by
//     priority and, among equals, by chance as their weights say; each with all its addresses.
//  2. A name without an SRV record is a machine at the default port.
//  3. `done` is called once, never from inside locate(); with nothing if the name leads nowhere.
/// @source RFC 3263 §4.2; RFC 2782 (usage rules)

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/dns/resolver.hpp"

namespace sipharness::dns {

class Locator {
 public:
  struct Wanted {
    std::string host;
    std::optional<std::uint16_t> port;
    std::string service;  ///< "_sip._udp"
  };
  using Done = std::function<void(const std::vector<Endpoint>&)>;

  static constexpr std::uint16_t default_port = 5060;

  /// `resolver` must outlive it.
  Locator(Resolver& resolver, const Rng& rng) : resolver_(resolver), rng_(rng) {}

  void locate(const Wanted& wanted, Done done);
  /// Every answer on the way there is known and has not run out.
  bool knows(const Wanted& wanted) const;

 private:
  struct Search;

  std::vector<Service> in_order(std::vector<Service> services);
  void look_up_next(const std::shared_ptr<Search>& search);

  Resolver& resolver_;
  Rng rng_;
};

}  // namespace sipharness::dns
