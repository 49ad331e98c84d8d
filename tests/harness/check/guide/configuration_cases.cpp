#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace guide_configuration {

/// The scenario gives the primary by name.
void given_by_name(Setting s) {
  scenario::Server server;
  server.name = "primary";
  server.host = "p.test";
  s.scenario.servers.push_back(server);
}

/// A REGISTER to port 5060 of the primary's machine.
void tries_another_port(Setting s) {
  registrations(s.trace, 0s);
  const auto asked = s.trace.at(1s).from_device(primary).request("REGISTER");
  s.trace.redirect(asked, 5060);
}

}  // namespace guide_configuration

std::vector<Case> guide_configuration_cases() {
  using namespace guide_configuration;
  using dns::RecordType;
  return {
      {"address_and_port", "GRP-CFG-02", Verdict::pass,
       [](Setting s) { registrations(s.trace, 0s); }},
      {"another_port", "GRP-CFG-02", fails("REGISTER to 127.0.0.11:5060", {5}), tries_another_port},
      {"never_registers", "GRP-CFG-02",
       needs("a REGISTER to a server that was given with a port of its own"),
       [](Setting s) { s.trace.at(1s).from_device(primary).request("OPTIONS"); }},
      {"name_looked_up", "GRP-CFG-02", Verdict::pass,
       [](Setting s) {
         given_by_name(s);
         s.trace.at(1s).from_device(primary).lookup("p.test", RecordType::a);
         s.trace.registration(primary, 2s);
       }},
      {"name_known_before", "GRP-CFG-02", inconclusive("p.test was not looked up", {1}),
       [](Setting s) {
         given_by_name(s);
         s.trace.registration(primary, 2s);
       }},
      {"another_name_looked_up", "GRP-CFG-02", inconclusive("p.test was not looked up", {2}),
       [](Setting s) {
         given_by_name(s);
         s.trace.at(1s).from_device(primary).lookup("q.test", RecordType::a);
         s.trace.registration(primary, 2s);
       }},
      {"name_with_the_same_end_looked_up", "GRP-CFG-02",
       inconclusive("p.test was not looked up", {2}),
       [](Setting s) {
         given_by_name(s);
         s.trace.at(1s).from_device(primary).lookup("help.test", RecordType::a);
         s.trace.registration(primary, 2s);
       }},
      {"trap_12_no_srv_lookup_is_demanded", "GRP-CFG-02", Verdict::pass,
       [](Setting s) {
         given_by_name(s);
         s.trace.at(1s).from_device(primary).lookup("p.test", RecordType::aaaa);
         s.trace.registration(primary, 2s);
       }},
      {"trap_12_an_srv_lookup_is_only_remarked", "GRP-CFG-02", Verdict::pass,
       [](Setting s) {
         given_by_name(s);
         s.trace.at(500ms).from_device(primary).lookup("_sip._udp.p.test", RecordType::srv);
         s.trace.at(1s).from_device(primary).lookup("p.test", RecordType::a);
         s.trace.registration(primary, 2s);
       }},
  };
}

}  // namespace sipharness::check_tests
