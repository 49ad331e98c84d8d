#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_13_acknowledgements {

void no_call(Setting s) {
  registrations(s.trace, 100s);
}

/// A call answered at 3 s whose ACK differs from the default by `ack`.
std::function<void(Setting)> acknowledged_with(const Fields& ack, const Fields& answer = {},
                                               const Fields& asked = {}) {
  return [=](Setting s) {
    Fields invite_fields = asked;
    invite_fields.branch = "z9hG4bKanswered";
    const auto invite = s.trace.at(1s).from_device(primary).request("INVITE", invite_fields);
    Fields answered = answer;
    answered.to = invite;
    s.trace.at(3s).to_device(primary).response(200, answered);
    Fields written = ack;
    written.in = invite;
    s.trace.at(3010ms).from_device(primary).request("ACK", written);
    s.trace.ends(60s);
  };
}

/// The far end's Contact is a name; the ACK goes to `server`, and the 200 comes again if that is
/// told.
std::function<void(Setting)> acknowledged_by_name(trace::ServerRole server, bool comes_again) {
  return [=](Setting s) {
    const std::string target = "sip:1002@far.test";
    s.trace.healthy_registrations(0s, 120s);
    const auto invite = s.trace.at(1s).from_device(primary).request("INVITE");
    const auto answer =
        s.trace.at(3s).to_device(primary).response(200, {.contact = target, .to = invite});
    s.trace.at(3010ms).from_device(server).request("ACK", {.uri = target, .in = invite});
    if (comes_again) {
      s.trace.retransmissions(answer, {500ms});
      s.trace.at(3510ms).from_device(server).request("ACK", {.uri = target, .in = invite});
    }
    s.trace.ends(60s);
  };
}

const Fields proxied{.headers = {{"Record-Route", "<sip:core.test;lr>, <sip:127.0.0.11:5070;lr>"}}};
const std::pair<std::string, std::string> credentials{"Proxy-Authorization", "Digest a=\"b\""};

/// The 200 came so long after the INVITE; nobody acknowledges it.
std::function<void(Setting)> never_acknowledged(Duration late, trace::Vantage vantage) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    const auto invite = s.trace.silent_invite(primary, 1s);
    s.trace.at(1s + late).to_device(primary).response(200, {.to = invite});
    s.trace.ends(100s);
  };
}

/// A call put on hold: the far end answers with another Contact, and the ACK goes to `uri`.
std::function<void(Setting)> held(std::string uri) {
  return [uri](Setting s) {
    const auto call = s.trace.at(1s).from_device(primary).request("INVITE");
    s.trace.at(3s).to_device(primary).response(200, {.to = call});
    s.trace.at(3010ms).from_device(primary).request("ACK", {.in = call});
    const auto hold = s.trace.at(5s).from_device(primary).request("INVITE", {.in = call});
    s.trace.at(5100ms).to_device(primary).response(
        200, {.contact = "sip:held@127.0.0.11:5070", .to = hold});
    s.trace.at(5110ms).from_device(primary).request("ACK", {.uri = uri, .in = hold});
    s.trace.ends(60s);
  };
}

std::vector<Case> acknowledgement_cases() {
  constexpr std::string_view id = "RFC3261-ACK-2XX";
  return {
      {"in_the_dialog", id, Verdict::pass, acknowledged_with({})},
      {"on_the_branch_of_the_invite", id, fails("it has the branch of the INVITE", {1, 2, 3}),
       acknowledged_with({.branch = "z9hG4bKanswered"})},
      {"by_a_name", id, Verdict::pass, acknowledged_by_name(primary, false)},
      {"by_a_name_at_the_other_server", id,
       inconclusive("ACK of a call over the primary went to the secondary; where", {5, 6, 7}),
       acknowledged_by_name(secondary, false)},
      {"copies_by_a_name_at_the_other_server", "RFC3261-ACK-2XX-REP",
       inconclusive("ACK of a call over the primary went to the secondary; where", {5, 6, 7, 8}),
       acknowledged_by_name(secondary, true)},
      {"another_number", id, fails("its CSeq number is 9", {1, 2, 3}),
       acknowledged_with({.cseq = 9})},
      {"not_to_the_contact", id, fails("its Request-URI is sip:1002@127.0.0.11:5070", {1, 2, 3}),
       acknowledged_with({}, {.contact = "sip:1002@127.0.0.11:6000"})},
      {"without_the_route", id, fails("it carries no Route", {1, 2, 3}),
       acknowledged_with({}, proxied)},
      {"with_the_route_reversed", id, Verdict::pass,
       acknowledged_with({.headers = {{"Route", "<sip:127.0.0.11:5070;lr>, <sip:core.test;lr>"}}},
                         proxied)},
      {"with_the_route_as_it_stood", id,
       fails("its Route is not the dialog's route set", {1, 2, 3}),
       acknowledged_with({.headers = {{"Route", "<sip:core.test;lr>, <sip:127.0.0.11:5070;lr>"}}},
                         proxied)},
      {"with_credentials", id, Verdict::pass,
       acknowledged_with({.headers = {credentials}}, {}, {.headers = {credentials}})},
      {"without_credentials", id, fails("it lacks the INVITE's credentials", {1, 2, 3}),
       acknowledged_with({}, {}, {.headers = {credentials}})},
      {"contact_is_a_name", id, Verdict::pass,
       acknowledged_with({.uri = "sip:1002@callee.test"}, {.contact = "sip:1002@callee.test"})},
      {"none_at_all", id, fails("never acknowledged", {1, 5}),
       never_acknowledged(5s, trace::Vantage::device)},
      {"none_seen_at_the_server", id,
       inconclusive("never acknowledged; but the capture was not taken at the device", {1, 5}),
       never_acknowledged(5s, trace::Vantage::server)},
      {"too_late_to_matter", id, needs("a call that was answered"),
       never_acknowledged(40s, trace::Vantage::device)},
      {"too_late_although_the_server_tries", id, needs("a call that was answered"),
       [](Setting s) {
         never_acknowledged(40s, trace::Vantage::device)(s);
         s.trace.at(40500ms).to_device(primary).response(100);
       }},
      {"of_a_reinvite_at_the_new_target", id, Verdict::pass, held("sip:held@127.0.0.11:5070")},
      {"of_a_reinvite_at_the_old_target", id,
       fails("its Request-URI is sip:1002@127.0.0.11:5070", {4, 5, 6}),
       held("sip:1002@127.0.0.11:5070")},
      {"no_call", id, needs("a call that was answered"), no_call},
  };
}

/// The 200 at 3 s comes again at `copies`; the first `acknowledged` of them draw an ACK.
std::function<void(Setting)> answered_again(const std::vector<Duration>& copies,
                                            std::size_t acknowledged,
                                            trace::Vantage vantage = trace::Vantage::device) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    const auto invite = s.trace.at(1s).from_device(primary).request("INVITE");
    const auto answer = s.trace.at(3s).to_device(primary).response(200, {.to = invite});
    const auto ack = s.trace.at(3010ms).from_device(primary).request("ACK", {.in = invite});
    s.trace.retransmissions(answer, copies);
    for (std::size_t i = 0; i < acknowledged; ++i) s.trace.retransmissions(ack, {copies[i]});
    s.trace.at(40s).from_device(primary).request("BYE", {.in = invite});
    s.trace.ends(60s);
  };
}

const std::vector<Duration> thrice = {500ms, 1500ms, 3500ms};
/// T-5: a 2xx whose ACK does not arrive.
const std::vector<Duration> table_5 = {500ms,   1500ms,  3500ms,  7500ms,  11500ms,
                                       15500ms, 19500ms, 23500ms, 27500ms, 31500ms};

std::vector<Case> copy_cases() {
  constexpr std::string_view id = "RFC3261-ACK-2XX-REP";
  return {
      {"each_acknowledged", id, Verdict::pass, answered_again(thrice, 3)},
      {"table_5_each_acknowledged", id, Verdict::pass, answered_again(table_5, 10)},
      {"table_5_last_one_ignored", id,
       fails("came 11 times, 10 acknowledged", {1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22}),
       answered_again(table_5, 9)},
      {"one_ignored", id, fails("came 4 times, 3 acknowledged", {1, 2, 4, 6, 8}),
       answered_again(thrice, 2)},
      {"all_ignored", id, fails("came 4 times, 1 acknowledged", {1, 2, 4, 5, 6}),
       answered_again(thrice, 0)},
      {"doubled_by_the_network", id, needs("a 2xx to an INVITE that came more than once"),
       answered_again({1ms}, 0)},
      {"one_after_the_transaction", id, needs("a 2xx to an INVITE that came more than once"),
       answered_again({33s}, 0)},
      {"captured_at_the_server", id,
       inconclusive("3 acknowledged; but the capture was not taken at the device", {1, 2, 4, 6, 8}),
       answered_again(thrice, 2, trace::Vantage::server)},
      {"came_once", id, needs("a 2xx to an INVITE that came more than once"),
       [](Setting s) { s.trace.complete_call(primary, 7s); }},
  };
}

}  // namespace rfc3261_13_acknowledgements

std::vector<Case> rfc3261_13_acknowledgements_cases() {
  using namespace rfc3261_13_acknowledgements;
  std::vector<Case> all = acknowledgement_cases();
  for (Case& one : copy_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
