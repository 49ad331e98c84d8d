#include "harness/judge/roles_told.hpp"

#include <string>

#include "harness/trace/parts.hpp"

namespace sipharness::judge {
namespace {

verdict::RoleInfo role_of(const trace::Device& device) {
  return {.role = std::string(part_of(device)),
          .endpoint = device.addresses.empty() ? "" : device.addresses.front().text(),
          .known_from = std::string(to_string(device.known.from)),
          .why = device.known.why,
          .device = device.name,
          .account = device.user,
          .user_agent = device.user_agent};
}

}  // namespace

std::vector<verdict::RoleInfo> roles_in(const trace::Trace& trace) {
  std::vector<verdict::RoleInfo> roles;
  for (const trace::Server& server : trace.servers)
    roles.push_back({.role = std::string(to_string(server.role)),
                     .endpoint = server.endpoint.text(),
                     .known_from = std::string(to_string(server.known.from)),
                     .why = server.known.why});
  for (const bool is_under_test : {true, false})
    for (const trace::Device& device : trace.devices)
      if (device.under_test == is_under_test && !device.addresses.empty())
        roles.push_back(role_of(device));
  for (const trace::Bystander& bystander : trace.bystanders)
    roles.push_back({.role = std::string(bystander.part),
                     .endpoint = bystander.endpoint.text(),
                     .known_from = std::string(to_string(trace::KnownFrom::inferred)),
                     .why = bystander.why});
  return roles;
}

}  // namespace sipharness::judge
