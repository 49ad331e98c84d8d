#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3581_4_ports {

std::string via(std::string_view sent_by, std::string_view parameters) {
  return "SIP/2.0/UDP " + std::string(sent_by) + ";branch=z9hG4bKport" + std::string(parameters);
}

/// A REGISTER with this Via and its 200; the REGISTER comes again at `again`.
std::function<void(Setting)> asks(std::string sent_by, std::string parameters,
                                  std::vector<Duration> again = {}) {
  return [=](Setting s) {
    const auto asked = s.trace.at(1s).from_device(primary).request(
        "REGISTER", {.headers = {{"Via", via(sent_by, parameters)}}});
    s.trace.at(1020ms).to_device(primary).response(200, {.to = asked});
    s.trace.retransmissions(asked, again);
    s.trace.ends(60s);
  };
}

constexpr std::string_view own = "127.0.0.1:5062";
constexpr std::string_view other_port = "127.0.0.1:5060";

std::vector<Case> asking_cases() {
  constexpr std::string_view id = "RFC3581-01";
  const std::string here(own);
  const std::string elsewhere(other_port);
  return {
      {"empty_rport", id, Verdict::pass, asks(here, ";rport")},
      {"no_rport", id, warns("without rport", {1}), asks(here, "")},
      {"rport_with_a_value", id, warns("gives rport a value", {1}), asks(here, ";rport=5062")},
      {"no_rport_and_nobody_says_it_must", id, needs("a request over UDP that asks for rport"),
       [=](Setting s) {
         s.profile.rport.reset();
         asks(here, "")(s);
       }},
      {"hears_at_its_source_port", id, Verdict::pass, asks(elsewhere, ";rport")},
      {"deaf_at_its_source_port", id,
       warns("response at the source port was not heeded", {1, 3, 4}),
       asks(elsewhere, ";rport", {500ms, 1500ms})},
      {"deaf_as_seen_from_the_server", id,
       inconclusive("was not heeded; but the capture was not taken at the device", {1, 3}),
       [=](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         asks(elsewhere, ";rport", {500ms})(s);
       }},
      {"switched_off", id, not_applicable("switches rport off"),
       [=](Setting s) {
         s.profile.rport = false;
         asks(here, "")(s);
       }},
      {"silent_device", id, needs("a request over UDP"),
       [](Setting s) { s.trace.at(1s).to_device(primary).request("OPTIONS"); }},
  };
}

/// OPTIONS of the primary whose Via names port 5999 with `asked`; the device's 200 has `told`.
std::function<void(Setting)> asked(std::string asked_for, std::string told,
                                   trace::Vantage vantage = trace::Vantage::device) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    const auto options = s.trace.at(1s).to_device(primary).request(
        "OPTIONS", {.headers = {{"Via", via("127.0.0.11:5999", asked_for)}}});
    s.trace.at(1010ms).from_device(primary).response(
        200, {.headers = {{"Via", via("127.0.0.11:5999", told)}}, .to = options});
    s.trace.ends(60s);
  };
}

std::vector<Case> answering_cases() {
  constexpr std::string_view id = "RFC3581-02";
  return {
      {"tells_where_it_came_from", id, Verdict::pass,
       asked(";rport", ";rport=5070;received=127.0.0.11")},
      {"leaves_rport_empty", id, fails("the source port in rport", {1, 2}),
       asked(";rport", ";rport;received=127.0.0.11")},
      {"tells_another_port", id, fails("the source port in rport", {1, 2}),
       asked(";rport", ";rport=5999;received=127.0.0.11")},
      {"tells_no_address", id, fails("the source address in received", {1, 2}),
       asked(";rport", ";rport=5070")},
      {"behind_a_nat", id,
       inconclusive("the source port in rport; but a NAT may stand between", {1, 2}),
       asked(";rport", ";rport=40000;received=10.0.0.1", trace::Vantage::server)},
      {"nobody_asks", id, needs("a request to the device that asks for rport"), asked("", "")},
      {"switched_off", id, not_applicable("switches rport off"),
       [](Setting s) {
         s.profile.rport = false;
         asked(";rport", ";rport")(s);
       }},
      {"answers_at_the_port_of_via", id, fails("went to 127.0.0.11:5999", {1, 2}),
       [](Setting s) {
         s.trace.at(1s).to_device(primary).request(
             "OPTIONS",
             {.call_id = "asked", .headers = {{"Via", via("127.0.0.11:5999", ";rport")}}});
         s.trace.at(1010ms).stray(
             "SIP/2.0 200 OK\r\nVia: " + via("127.0.0.11:5999", "") +
                 "\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:1001@b>;tag=t\r\nCall-ID: asked\r\n"
                 "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
             *Endpoint::parse("127.0.0.11:5999"));
         s.trace.ends(60s);
       }},
  };
}

}  // namespace rfc3581_4_ports

std::vector<Case> rfc3581_4_ports_cases() {
  using namespace rfc3581_4_ports;
  std::vector<Case> all = asking_cases();
  for (Case& one : answering_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
