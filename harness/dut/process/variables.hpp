#pragma once
// What the texts of a profile's drive are filled with, for one run.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/scenario/profile.hpp"

namespace sipharness::dut {

/// A server as the device is told it.
struct ServerAddress {
  Endpoint endpoint;
  std::string host;  ///< its name; empty: none
};

class Variables {
 public:
  struct Values {
    scenario::Profile profile;  ///< with the scenario's configure applied
    ServerAddress primary;
    ServerAddress secondary;
    std::optional<Endpoint> name_server;
    IpAddress device;  ///< an address of its own
    std::string password;
    std::string home;
    std::string run_folder;
  };
  explicit Variables(Values values) : values_(std::move(values)) {}

  /// The texts of actions know the number that was dialled last.
  void set_number(const std::string& number) { number_ = number; }
  std::string fill(std::string_view text);

 private:
  std::optional<std::string> find(std::string_view name);
  std::optional<std::string> find_account(std::string_view name) const;
  std::string port(std::string_view name);

  Values values_;
  std::string number_;
  std::map<std::string, std::uint16_t, std::less<>> ports_;
};

}  // namespace sipharness::dut
