#include "harness/observed/given_servers.hpp"

#include <algorithm>

#include "harness/observed/sent_requests.hpp"

namespace sipharness::observed {

const scenario::Server* given_as(const Phone& phone, ServerRole role) {
  const auto& servers = phone.scenario->servers;
  const auto found = std::ranges::find(servers, to_string(role), &scenario::Server::name);
  return found == servers.end() || !found->host ? nullptr : &*found;
}

const Message* first_register_at(const Phone& phone, const trace::Server& server) {
  const auto first =
      std::ranges::find(registers_of_device(phone), server.endpoint, &Message::destination);
  return first == registers_of_device(phone).end() ? nullptr : *first;
}

std::vector<const Message*> registers_at_other_ports(const Phone& phone,
                                                     const trace::Server& server) {
  const auto& servers = phone.trace.servers;
  const auto is_a_server = [&](const Endpoint& endpoint) {
    return std::ranges::find(servers, endpoint, &trace::Server::endpoint) != servers.end();
  };
  std::vector<const Message*> found;
  for (const Message* message : registers_anywhere(phone))
    if (message->destination.address == server.endpoint.address &&
        !is_a_server(message->destination))
      found.push_back(message);
  return found;
}

std::vector<const trace::Lookup*> lookups_before(const Phone& phone, const std::string& host,
                                                 const Message& request) {
  std::vector<const trace::Lookup*> found;
  for (const trace::Lookup& lookup : phone.trace.lookups) {
    const std::string& name = lookup.message.name;
    if (!lookup.message.is_response && lookup.at <= request.at &&
        lookup.source.address == request.source.address &&
        (name == host || name.ends_with("." + host)))
      found.push_back(&lookup);
  }
  return found;
}

}  // namespace sipharness::observed
