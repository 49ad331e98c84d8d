// Where the device was told its servers are, and where it goes.
// @source guide.txt, Configuration, steps 2 and 3; RFC 3263 §4.2

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/sent_requests.hpp"

namespace sipharness::check {
namespace {

constexpr std::uint16_t default_port = 5060;

bool is_a_server(const Phone& phone, const Endpoint& endpoint) {
  return std::ranges::find(phone.trace.servers, endpoint, &trace::Server::endpoint) !=
         phone.trace.servers.end();
}

/// REGISTERs to the server's machine, but to a port that nobody configured.
void judge_other_ports(const Phone& phone, Judge& judge, const trace::Server& server) {
  for (const Message* message : registers_anywhere(phone)) {
    if (is_a_server(phone, message->destination) ||
        message->destination.address != server.endpoint.address)
      continue;
    judge.violated(
        {server.role, message->sip.call_id(), {message->index}},
        fmt::format("REGISTER to {}, the {} was given as port {}", message->destination.text(),
                    to_string(server.role), server.endpoint.port));
  }
}

const Message* first_register(const Phone& phone, const trace::Server& server) {
  const auto first =
      std::ranges::find(registers_of_device(phone), server.endpoint, &Message::destination);
  return first == registers_of_device(phone).end() ? nullptr : *first;
}

/// What the device asked about `host`, or a name below it, before that request.
std::vector<const trace::Lookup*> lookups_before(const Phone& phone, const std::string& host,
                                                 const Message& request) {
  std::vector<const trace::Lookup*> found;
  for (const trace::Lookup& lookup : phone.trace.lookups)
    if (!lookup.message.is_response && lookup.at <= request.at &&
        lookup.source.address == request.source.address && lookup.message.name.ends_with(host))
      found.push_back(&lookup);
  return found;
}

void judge_name(const Phone& phone, Judge& judge, const Message& request, const std::string& host) {
  const trace::Lookup* address = nullptr;
  std::string remark;
  for (const trace::Lookup* lookup : lookups_before(phone, host, request)) {
    const dns::RecordType type = lookup->message.type;
    const bool is_address = type == dns::RecordType::a || type == dns::RecordType::aaaa;
    if (is_address && lookup->message.name == host) address = lookup;
    // RFC 3263 §4.2: with a port there is nothing for SRV to say. Not wrong, only idle.
    if (!is_address) remark = fmt::format("; asked for {} too", to_string(type));
  }
  Evidence evidence = evidence_of(phone, request);
  if (address == nullptr)
    return judge.inconclusive(
        evidence, Blame::device,
        fmt::format("{} was not looked up in this capture: the device knew it already", host));
  evidence.frames.push_back(address->frame);
  judge.pass(evidence, fmt::format("{} looked up, REGISTER to {}{}", host,
                                   request.destination.text(), remark));
}

/// What the device was given of it; null: nothing but an address.
const scenario::Server* given_as(const Phone& phone, ServerRole role) {
  const auto& servers = phone.scenario->servers;
  const auto found = std::ranges::find(servers, to_string(role), &scenario::Server::name);
  return found == servers.end() || !found->host ? nullptr : &*found;
}

void uses_port_and_name(const Phone& phone, Judge& judge) {
  // A foreign capture does not tell what the device was given.
  if (phone.scenario == nullptr) return;
  for (const trace::Server& server : phone.trace.servers) {
    const scenario::Server* named = given_as(phone, server.role);
    if (named != nullptr && named->by_srv) continue;  // without a port: see RFC3263-04
    judge_other_ports(phone, judge, server);
    const Message* request = first_register(phone, server);
    if (request == nullptr || server.endpoint.port == default_port) continue;
    if (named != nullptr)
      judge_name(phone, judge, *request, *named->host);
    else
      judge.pass({server.role, request->sip.call_id(), {request->index}},
                 fmt::format("REGISTER to {} as given", server.endpoint.text()));
  }
}

const std::array guide_configuration{
    Rule{.row = {.id = "GRP-CFG-02",
                 .clause = "guide, Configuration, steps 2 and 3",
                 .severity = Severity::vendor,
                 .sentence =
                     "A server can be given as address or name with a port, and that port is used.",
                 .observed = "The first REGISTER to each server goes to its port, after a lookup "
                             "of A or AAAA where it was given by name, and none goes to another "
                             "port of that machine; other lookups are remarked."},
         .needs = {"a REGISTER to a server that was given with a port of its own"},
         .judge = uses_port_and_name},
};

}  // namespace

std::span<const Rule> guide_configuration_rules() {
  return guide_configuration;
}

}  // namespace sipharness::check
