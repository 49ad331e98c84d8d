// Where the device was told its servers are, and where it goes.
// @source guide.txt, Configuration, steps 2 and 3; RFC 3263 §4.2

#include <array>
#include <string>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/given_servers.hpp"

namespace sipharness::check {
namespace {

constexpr std::uint16_t default_port = 5060;

void judge_name(const Phone& phone, const Message& request, const std::string& host,
                Occurrence it) {
  const trace::Lookup* address = nullptr;
  std::string remark;
  for (const trace::Lookup* lookup : lookups_before(phone, host, request)) {
    const dns::RecordType type = lookup->message.type;
    const bool is_address = type == dns::RecordType::a || type == dns::RecordType::aaaa;
    if (is_address && lookup->message.name == host) address = lookup;
    // RFC 3263 §4.2: with a port there is nothing for SRV to say. Not wrong, only idle.
    if (!is_address) remark = fmt::format("; asked for {} too", to_string(type));
  }
  if (address == nullptr)
    return it.inconclusive(
        Blame::device, "{} was not looked up in this capture: the device knew it already", host);
  Evidence evidence = evidence_of(phone, request);
  evidence.frames.push_back(address->frame);
  it.about(evidence).pass("{} looked up, REGISTER to {}{}", host, request.destination.text(),
                          remark);
}

void uses_port_and_name(const Phone& phone, Judge& judge) {
  // A foreign capture does not tell what the device was given.
  if (phone.scenario == nullptr) return;
  for (const trace::Server& server : phone.trace.servers) {
    const scenario::Server* named = given_as(phone, server.role);
    if (named != nullptr && named->by_srv) continue;  // without a port: see RFC3263-04
    for (const Message* elsewhere : registers_at_other_ports(phone, server))
      judge.violated(
          {server.role, elsewhere->sip.call_id(), {elsewhere->index}},
          fmt::format("REGISTER to {}, the {} was given as port {}", elsewhere->destination.text(),
                      to_string(server.role), server.endpoint.port));
    const Message* request = first_register_at(phone, server);
    if (request == nullptr || server.endpoint.port == default_port) continue;
    if (named != nullptr)
      judge_name(phone, *request, *named->host, {phone, judge, *request});
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
