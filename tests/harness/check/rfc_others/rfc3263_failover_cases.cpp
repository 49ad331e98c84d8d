#include "tests/harness/check/fallback_situations.hpp"

namespace sipharness::check_tests {
namespace rfc3263_4_failover {

/// The primary refuses with 503 at 7.02 s; the secondary is tried `after` that.
std::function<void(Setting)> refused(Duration after) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(7020ms).to_device(primary).response(503, {.to = invite});
    s.trace.at(7021ms).from_device(primary).request("ACK", {.in = invite});
    s.trace.complete_call(secondary, 7020ms + after);
    s.trace.ends(60s);
  };
}

void same_branch(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).silent(primary);
  s.trace.at(7s).dial();
  const auto invite =
      s.trace.at(7s).from_device(primary).request("INVITE", {.branch = "z9hG4bKtwice000"});
  s.trace.retransmissions(invite, timer_a);
  s.trace.at(39s).from_device(secondary).request("INVITE", {.branch = "z9hG4bKtwice000"});
  s.trace.ends(60s);
}

// --- The primary is the domain p.test, whose service has two targets on one machine --------------

const dns::Message targets{.name = "_sip._udp.p.test",
                           .type = dns::RecordType::srv,
                           .services = {{10, 0, 5070, "a.p.test", std::chrono::seconds(300)},
                                        {20, 0, 5060, "a.p.test", std::chrono::seconds(300)}}};
const dns::Message address_of_targets{
    .name = "a.p.test",
    .type = dns::RecordType::a,
    .answers = {{IpAddress::v4({127, 0, 0, 11}), std::chrono::seconds(300)}}};

void given_as_domain(Setting s, bool by_srv = true) {
  scenario::Server server;
  server.name = "primary";
  server.host = "p.test";
  server.by_srv = by_srv;
  s.scenario.servers.push_back(server);
}

/// A REGISTER for the domain at that port, and the 200 unless it is silent there.
MessageId registers(TraceBuilder& trace, Duration at, std::uint16_t port = 5070,
                    std::string branch = "z9hG4bKfirst") {
  const auto asked = trace.at(at).from_device(primary).request(
      "REGISTER", {.uri = "sip:p.test", .branch = std::move(branch)});
  if (port != 5070) trace.redirect(asked, port);
  return asked;
}

void asks_for_targets(TraceBuilder& trace) {
  trace.at(100ms).lookup("_sip._udp.p.test", dns::RecordType::srv);
  trace.at(110ms).looked_up(targets);
  trace.at(120ms).lookup("a.p.test", dns::RecordType::a);
  trace.at(130ms).looked_up(address_of_targets);
}

/// The domain is looked up, then the first REGISTER goes to that port.
std::function<void(Setting)> begins_at(std::uint16_t port) {
  return [=](Setting s) {
    given_as_domain(s);
    asks_for_targets(s.trace);
    registers(s.trace, 1s, port);
    s.trace.registration(secondary, 2s);
    s.trace.ends(10s);
  };
}

/// The first REGISTER is never answered; the next one goes to that port.
std::function<void(Setting)> goes_on_at(std::uint16_t port) {
  return [=](Setting s) {
    given_as_domain(s);
    asks_for_targets(s.trace);
    const auto first = registers(s.trace, 1s);
    s.trace.retransmissions(first, {500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms,
                                    23500ms, 27500ms, 31500ms});
    registers(s.trace, 34s, port, "z9hG4bKsecond");
    s.trace.ends(40s);
  };
}

void asks_for_the_address_alone(Setting s) {
  given_as_domain(s);
  s.trace.at(100ms).lookup("p.test", dns::RecordType::a);
  registers(s.trace, 1s);
}

void knows_the_domain(Setting s) {
  given_as_domain(s);
  registers(s.trace, 1s);
}

void asks_for_the_address_of_a_name_with_port(Setting s) {
  given_as_domain(s, false);
  s.trace.at(100ms).lookup("p.test", dns::RecordType::a);
  registers(s.trace, 1s);
}

}  // namespace rfc3263_4_failover

std::vector<Case> rfc3263_4_failover_cases() {
  using namespace rfc3263_4_failover;
  return {
      {"domain_by_srv", "RFC3263-04", Verdict::pass, begins_at(5070)},
      {"name_with_port_by_a", "RFC3263-04", Verdict::pass,
       asks_for_the_address_of_a_name_with_port},
      {"domain_by_a", "RFC3263-04", warns("p.test has no port, and was looked up by A", {1, 2}),
       asks_for_the_address_alone},
      {"domain_known_before", "RFC3263-04",
       inconclusive("p.test was not looked up in this capture", {1}), knows_the_domain},
      {"first_target", "RFC3263-06", Verdict::pass, begins_at(5070)},
      {"last_target", "RFC3263-06",
       warns("127.0.0.11:5060 of _sip._udp.p.test with priority 20, before 127.0.0.11:5070",
             {2, 5}),
       begins_at(5060)},
      {"last_target_in_the_field", "RFC3263-06",
       inconclusive("what the device knew before the capture began", {2, 5}),
       foreign(begins_at(5060))},
      {"no_answer", "RFC3263-06", needs("an SRV answer with targets of several priorities"),
       knows_the_domain},
      {"next_target", "FO-DNS-SRV", Verdict::pass, goes_on_at(5060)},
      {"same_target", "FO-DNS-SRV",
       warns("127.0.0.11:5070 did not answer, and was tried again", {5, 16}), goes_on_at(5070)},
      {"target_answers", "FO-DNS-SRV", needs("a REGISTER that fails at one of several targets"),
       begins_at(5070)},
      {"by_timer_b", "RFC3263-01", Verdict::pass, by_the_book},
      {"after_503", "RFC3263-01", Verdict::pass, refused(10ms)},
      {"never", "RFC3263-01", warns("no next server after Timer B", {5}), never_tries_the_next},
      {"long_after_503", "RFC3263-01", warns("5.000 s after 503", {5, 8}), refused(5s)},
      {"dialled_anew_after_503", "RFC3263-01",
       inconclusive("at the secondary 5.000 s after 503: dialled anew?", {5, 8}),
       foreign(refused(5s))},
      {"same_branch", "RFC3263-01", warns("with the same branch", {5, 12}), same_branch},
      {"no_call", "RFC3263-01", needs("a call that fails at the primary"), nobody_calls},
      {"own_branches", "RFC3263-03", Verdict::pass, by_the_book},
      {"same_branch", "RFC3263-03", fails("the same branch", {5, 12}), same_branch},
      {"no_call", "RFC3263-03", needs("a call with an INVITE at each server"), nobody_calls},
  };
}

}  // namespace sipharness::check_tests
