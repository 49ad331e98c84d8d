#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_12_requests {

void no_call(Setting s) {
  registrations(s.trace, 100s);
}

/// A call over `server`, answered with `answer`; what follows it in the dialog is written by
/// `rest`.
std::function<void(Setting)> call(trace::ServerRole server, const Fields& answer,
                                  const std::function<void(Setting, MessageId)>& rest) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    const auto invite = s.trace.at(7s).from_device(server).request("INVITE");
    Fields answered = answer;
    answered.to = invite;
    s.trace.at(9s).to_device(server).response(200, answered);
    rest(s, invite);
    s.trace.ends(60s);
  };
}

/// ACK and BYE of such a call, the BYE with these fields.
std::function<void(Setting, MessageId)> ends_with(const Fields& bye, const Fields& ack = {}) {
  return [=](Setting s, MessageId invite) {
    Fields written = ack;
    written.in = invite;
    s.trace.at(9010ms).request("ACK", written);
    written = bye;
    written.in = invite;
    s.trace.at(12s).request("BYE", written);
  };
}

std::function<void(Setting)> numbered(const Fields& bye, const Fields& ack = {},
                                      trace::Vantage vantage = trace::Vantage::device) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    call(primary, {}, [=](Setting setting, MessageId invite) {
      setting.trace.from_device(primary);
      ends_with(bye, ack)(setting, invite);
    })(s);
  };
}

/// The device is called, holds and hangs up: its own numbers begin where it likes.
std::function<void(Setting)> called(std::uint32_t hold, std::uint32_t bye) {
  return [=](Setting s) {
    const auto invite = s.trace.at(7s).to_device(primary).request("INVITE");
    s.trace.at(9s).from_device(primary).response(200, {.to = invite});
    s.trace.at(9010ms).to_device(primary).request("ACK", {.in = invite});
    s.trace.at(10s).from_device(primary).request("INVITE", {.cseq = hold, .in = invite});
    s.trace.at(12s).from_device(primary).request("BYE", {.cseq = bye, .in = invite});
    s.trace.ends(60s);
  };
}

/// The primary calls; BYE of the device, with these fields.
std::function<void(Setting)> called_and_hangs_up(const Fields& bye, trace::Vantage vantage) {
  return [=](Setting s) {
    s.trace.vantage(vantage);
    const auto invite = s.trace.at(7s).to_device(primary).request("INVITE");
    s.trace.at(9s).from_device(primary).response(200, {.to = invite});
    s.trace.at(9010ms).to_device(primary).request("ACK", {.in = invite});
    Fields written = bye;
    written.in = invite;
    s.trace.at(12s).from_device(primary).request("BYE", written);
    s.trace.ends(60s);
  };
}

/// A subscription that is refreshed with this From tag, and at this URI.
std::function<void(Setting)> subscribed(const std::string& tag,
                                        const std::string& uri = "sip:1002@127.0.0.11:5070") {
  return [=](Setting s) {
    const auto asked = s.trace.at(1s).from_device(primary).request(
        "SUBSCRIBE", {.call_id = "s", .from_tag = "own"});
    s.trace.at(1010ms).to_device(primary).response(200, {.to_tag = "theirs", .to = asked});
    const auto told = s.trace.at(1020ms).request(
        "NOTIFY", {.call_id = "s", .from_tag = "theirs", .to_tag = "own"});
    s.trace.at(1030ms).from_device(primary).response(200, {.to = told});
    s.trace.at(50s).request("SUBSCRIBE",
                            {.uri = uri, .call_id = "s", .from_tag = tag, .to_tag = "theirs"});
    s.trace.ends(90s);
  };
}

/// A call from before the capture: INFO either way.
void joined_late(Setting s) {
  const Fields theirs{.call_id = "c", .from_tag = "theirs", .to_tag = "own"};
  const auto asked = s.trace.at(1s).to_device(primary).request("INFO", theirs);
  s.trace.at(1010ms).from_device(primary).response(200, {.to = asked});
  s.trace.at(5s).request("INFO", {.call_id = "c", .from_tag = "other", .to_tag = "theirs"});
  s.trace.ends(60s);
}

std::vector<Case> tag_cases() {
  constexpr std::string_view id = "RFC3261-DLG-06";
  const Fields other{.headers = {{"From", "<sip:1001@127.0.0.11:5070>;tag=other"}}};
  const Fields untagged{.headers = {{"To", "<sip:1002@127.0.0.11:5070>"}}};
  const Fields nobody{.to_tag = "nobody"};
  return {
      {"those_of_the_dialog", id, Verdict::pass, numbered({})},
      {"another_from_tag", id, fails("BYE in a dialog: its From tag is other", {8}),
       numbered(other)},
      {"another_to_tag", id, fails("BYE in a dialog: its To tag is nobody", {8}), numbered(nobody)},
      {"no_to_tag", id, fails("BYE in a dialog: its To has no tag", {8}), numbered(untagged)},
      {"another_to_tag_in_the_ack", id, fails("ACK in a dialog: its To tag is nobody", {7}),
       numbered({}, nobody)},
      {"another_from_tag_when_called", id, fails("its From tag is other", {4}),
       called_and_hangs_up(other, trace::Vantage::device)},
      {"an_answer_may_be_lost", id, inconclusive("its From tag is other, the device's is", {4}),
       called_and_hangs_up(other, trace::Vantage::server)},
      {"refreshes_its_subscription", id, Verdict::pass, subscribed("own")},
      {"another_from_tag_in_a_subscription", id, fails("SUBSCRIBE in a dialog: its From", {5}),
       subscribed("other")},
      {"joined_late", id, needs("a request of the device in a dialog whose beginning"),
       joined_late},
  };
}

/// A subscription, begun with CSeq 5 and refreshed with `second`; the primary is silent to a first
/// try of that, if there is one, and another of its ports is not.
std::function<void(Setting)> subscribed_again(std::uint32_t second, bool has_first_try = false) {
  return [=](Setting s) {
    const Fields watching{.cseq = 5, .expires = 120s, .headers = {{"Event", "dialog"}}};
    const auto first = s.trace.at(1s).from_device(primary).request("SUBSCRIBE", watching);
    s.trace.at(1010ms).to_device(primary).response(200, {.expires = 120s, .to = first});
    Fields refresh = watching;
    refresh.cseq = second;
    refresh.in = first;
    if (has_first_try)
      s.trace.redirect(s.trace.at(28s).from_device(primary).request("SUBSCRIBE", refresh), 5999);
    s.trace.at(60s).from_device(primary).request("SUBSCRIBE", refresh);
    s.trace.at(60010ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.ends(80s);
  };
}

std::vector<Case> number_cases() {
  constexpr std::string_view id = "RFC3261-GEN-12";
  return {
      {"rises_by_one", id, Verdict::pass, numbered({})},
      {"skips_a_number", id, fails("CSeq 3 after 1", {8}), numbered({.cseq = 3})},
      {"keeps_the_number", id, fails("CSeq 1 after 1", {8}), numbered({.cseq = 1})},
      {"ack_with_another_number", id, fails("ACK with the CSeq number 2", {7}),
       numbered({}, {.cseq = 2})},
      {"gap_seen_at_the_server", id,
       inconclusive("CSeq 3 after 1; a request between may have been lost", {8}),
       numbered({.cseq = 3}, {}, trace::Vantage::server)},
      {"begins_anywhere_when_called", id, Verdict::pass, called(501, 502)},
      {"number_taken_under_another_tag", id, Verdict::pass,
       call(primary, {},
            [](Setting s, MessageId invite) {
              s.trace.at(9010ms).from_device(primary).request("ACK", {.in = invite});
              const std::string from = "<sip:1001@127.0.0.11:5070>;tag=other";
              s.trace.at(10s).request("INFO",
                                      {.cseq = 2, .headers = {{"From", from}}, .in = invite});
              s.trace.at(12s).request("BYE", {.cseq = 3, .in = invite});
            })},
      {"skips_when_called", id, fails("CSeq 503 after 501", {5}), called(501, 503)},
      {"repeats_a_request", id, Verdict::pass,
       [](Setting s) {
         const auto invite = s.trace.complete_call(primary, 7s);
         const auto bye = s.trace.at(20s).from_device(primary).request("BYE", {.in = invite});
         s.trace.retransmissions(bye, {500ms, 1500ms});
       }},
      {"next_address", id, Verdict::pass,
       [](Setting s) {
         const auto invite = s.trace.complete_call(primary, 7s);
         s.trace.at(20s).from_device(primary).request("BYE", {.cseq = 3, .in = invite});
         s.trace.at(52s).from_device(secondary).request("BYE", {.cseq = 3, .in = invite});
         s.trace.ends(60s);
       }},
      {"keeps_the_number_of_a_subscription", id, fails("SUBSCRIBE with CSeq 5 after 5", {1, 3}),
       subscribed_again(5)},
      {"keeps_the_number_of_a_subscription_at_the_next_address", id,
       needs("a request of the device within a dialog"), foreign(subscribed_again(6, true))},
      {"raises_the_number_of_a_subscription", id, needs("a request of the device within a dialog"),
       subscribed_again(6)},
      {"no_call", id, needs("a request of the device within a dialog"), no_call},
  };
}

// --- Routes --------------------------------------------------------------------------------------

const Fields loose{.headers = {{"Record-Route", "<sip:core.test;lr>"},
                               {"Record-Route", "<sip:127.0.0.11:5070;lr>"}}};
const Fields strict{.headers = {{"Record-Route", "<sip:core.test;lr>, <sip:127.0.0.11:5070>"}}};

Fields routed(const std::string& route, const std::string& uri = {}) {
  return {.uri = uri, .headers = {{"Route", route}}};
}

/// ACK as `right` says, BYE as `bye` says.
std::function<void(Setting)> through(const Fields& answer, const Fields& right, const Fields& bye) {
  return call(primary, answer, [=](Setting s, MessageId invite) {
    s.trace.from_device(primary);
    ends_with(bye, right)(s, invite);
  });
}

std::vector<Case> route_cases() {
  const Fields right = routed("<sip:127.0.0.11:5070;lr>, <sip:core.test;lr>");
  const Fields as_it_stood = routed("<sip:core.test;lr>, <sip:127.0.0.11:5070;lr>");
  const Fields to_strict =
      routed("<sip:core.test;lr>, <sip:1002@127.0.0.11:5070>", "sip:127.0.0.11:5070");
  const Fields without_target = routed("<sip:core.test;lr>", "sip:127.0.0.11:5070");
  const auto plain = call(primary, {}, [](Setting s, MessageId invite) {
    s.trace.from_device(primary);
    ends_with({})(s, invite);
  });
  return {
      {"reversed", "RFC3261-ROUTE-01", Verdict::pass, through(loose, right, right)},
      {"as_it_stood", "RFC3261-ROUTE-01", fails("its Route is not the dialog's route set", {6, 8}),
       through(loose, right, as_it_stood)},
      {"forgotten_in_the_bye", "RFC3261-ROUTE-01", fails("it carries no Route", {6, 8}),
       through(loose, right, {})},
      {"only_the_first", "RFC3261-ROUTE-01",
       fails("its Route is not the dialog's route set", {6, 8}),
       through(loose, right, routed("<sip:127.0.0.11:5070;lr>"))},
      {"request_uri_of_the_proxy", "RFC3261-ROUTE-01",
       fails("its Request-URI is sip:127.0.0.11:5070", {6, 8}),
       through(loose, right,
               routed("<sip:127.0.0.11:5070;lr>, <sip:core.test;lr>", "sip:127.0.0.11:5070"))},
      {"past_the_first_proxy", "RFC3261-ROUTE-01", fails("it went to 127.0.0.11:5070", {6, 7}),
       call(primary,
            {.headers = {{"Record-Route", "<sip:core.test;lr>, <sip:127.0.0.11:6000;lr>"}}},
            [](Setting s, MessageId invite) {
              s.trace.from_device(primary);
              const Fields elsewhere = routed("<sip:127.0.0.11:6000;lr>, <sip:core.test;lr>");
              ends_with(elsewhere, elsewhere)(s, invite);
            })},
      {"no_proxies", "RFC3261-ROUTE-01",
       needs("a request in a dialog that was made through Record-Routes"), plain},
      {"names_it_and_ends_with_the_target", "RFC3261-ROUTE-02", Verdict::pass,
       through(strict, to_strict, to_strict)},
      {"forgets_the_target", "RFC3261-ROUTE-02",
       fails("its Route is not the dialog's route set", {6, 8}),
       through(strict, to_strict, without_target)},
      {"taken_for_loose", "RFC3261-ROUTE-02",
       fails("its Request-URI is sip:1002@127.0.0.11:5070", {6, 8}),
       through(strict, to_strict, routed("<sip:127.0.0.11:5070>, <sip:core.test;lr>"))},
      {"loose_proxies", "RFC3261-ROUTE-02",
       needs("a request in a dialog whose first Record-Route has no lr"),
       through(loose, right, right)},
  };
}

/// The far end moves with a re-INVITE, which gets `status`; so much later the device hangs up at
/// where it was before.
std::function<void(Setting)> hangs_up_at_the_old_target(int status, Duration later) {
  return call(primary, {}, [=](Setting s, MessageId invite) {
    s.trace.at(9010ms).from_device(primary).request("ACK", {.in = invite});
    const auto moved = s.trace.at(12s).to_device(primary).request(
        "INVITE", {.contact = "sip:1002@192.0.2.9", .in = invite});
    s.trace.at(12010ms).from_device(primary).response(status, {.to = moved});
    s.trace.at(12010ms + later).request("BYE", {.in = invite});
  });
}

/// The device changes a session before the call is answered.
std::function<void(Setting)> updated_while_it_rings(const Fields& update) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(8s).to_device(primary).response(183, {.to_tag = "ab12abcd", .to = invite});
    Fields in_dialog = update;
    in_dialog.in = invite;
    in_dialog.to_tag = "ab12abcd";
    s.trace.at(8500ms).from_device(primary).request("UPDATE", in_dialog);
    s.trace.at(8510ms).to_device(primary).response(200, {.to_tag = "ab12abcd"});
    s.trace.at(9s).response(200, {.to_tag = "ab12abcd", .to = invite});
    s.trace.at(9010ms).from_device(primary).request("ACK", {.to_tag = "ab12abcd", .in = invite});
    s.trace.ends(20s);
  };
}

std::vector<Case> target_cases() {
  constexpr std::string_view id = "RFC3261-ROUTE-04";
  const Fields elsewhere{.uri = "sip:1002@127.0.0.11"};
  return {
      {"names_the_contact", id, Verdict::pass, numbered({})},
      {"names_the_callee", id,
       fails("BYE: its Request-URI is sip:1002@127.0.0.11, not sip:1002@127.0.0.11:5070", {6, 8}),
       numbered(elsewhere)},
      {"contact_rewritten_on_the_way", id,
       inconclusive("on the way to the device a Contact may be rewritten", {6, 8}),
       numbered(elsewhere, {}, trace::Vantage::server)},
      {"names_the_callee_when_called", id, fails("its Request-URI is sip:1002@127.0.0.11", {2, 4}),
       called_and_hangs_up(elsewhere, trace::Vantage::device)},
      {"names_where_it_was", id, fails("not sip:1002@192.0.2.9", {6, 10}),
       hangs_up_at_the_old_target(200, 1s)},
      {"names_where_it_was_as_it_moved", id, Verdict::pass, hangs_up_at_the_old_target(200, 10ms)},
      {"refused_that_it_moved", id, Verdict::pass, hangs_up_at_the_old_target(488, 1s)},
      {"updates_at_the_contact_while_it_rings", id, Verdict::pass, updated_while_it_rings({})},
      {"updates_at_the_callee_while_it_rings", id,
       fails("UPDATE: its Request-URI is sip:1002@127.0.0.11, not", {7, 9}),
       updated_while_it_rings(elsewhere)},
      {"with_routes", id, needs("a request of the device in a dialog without Record-Routes"),
       through(loose, routed("<sip:127.0.0.11:5070;lr>, <sip:core.test;lr>"), {})},
      {"refreshes_at_the_notifier", id, Verdict::pass, subscribed("own")},
      {"refreshes_at_the_number", id,
       fails("SUBSCRIBE: its Request-URI is sip:1002@pbx.test", {1, 5}),
       subscribed("own", "sip:1002@pbx.test")},
      {"no_call", id, needs("a request of the device in a dialog without"), no_call},
  };
}

/// A call over the secondary whose BYE goes to `server`.
std::function<void(Setting)> bye_to(trace::ServerRole server) {
  return call(secondary, {}, [=](Setting s, MessageId invite) {
    s.trace.at(9010ms).from_device(secondary).request("ACK", {.in = invite});
    s.trace.registration(primary, 11s, std::chrono::seconds(120));
    s.trace.at(12s).from_device(server).request("BYE", {.in = invite});
  });
}

/// A call over the secondary whose far end names the primary's address as its own.
std::function<void(Setting)> led_to_the_primary() {
  const std::string target = "sip:1002@127.0.0.11:5070";
  return call(secondary, {.contact = target}, [=](Setting s, MessageId invite) {
    const Fields in_call{.uri = target, .in = invite};
    s.trace.at(9010ms).from_device(primary).request("ACK", in_call);
    s.trace.at(12s).from_device(primary).request("BYE", in_call);
  });
}

/// A call over the primary, in which `method` goes to `server`; the far end gave this Contact.
std::function<void(Setting)> sends_to(trace::ServerRole server, std::string method,
                                      std::string contact = "sip:1002@127.0.0.11:5070") {
  return call(primary, {.contact = contact}, [=](Setting s, MessageId invite) {
    s.trace.at(9010ms).from_device(primary).request("ACK", {.uri = contact, .in = invite});
    s.trace.at(12s).from_device(server).request(method, {.uri = contact, .in = invite});
  });
}

/// The primary calls, and the BYE of the device goes to `server`.
std::function<void(Setting)> called_and_hangs_up_at(trace::ServerRole server) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    const auto invite = s.trace.at(7s).to_device(primary).request("INVITE");
    s.trace.at(9s).from_device(primary).response(200, {.to = invite});
    s.trace.at(9010ms).to_device(primary).request("ACK", {.in = invite});
    s.trace.at(12s).from_device(server).request("BYE",
                                                {.uri = "sip:1002@127.0.0.11:5070", .in = invite});
    s.trace.ends(60s);
  };
}

/// Captured where a load balancer may have chosen the server.
std::function<void(Setting)> behind_a_balancer(std::string contact) {
  return [=](Setting s) {
    s.trace.vantage(trace::Vantage::server);
    sends_to(secondary, "BYE", contact)(s);
  };
}

std::vector<Case> server_cases() {
  constexpr std::string_view id = "RFC3261-ROUTE-03";
  return {
      {"stays", id, Verdict::pass, bye_to(secondary)},
      {"follows_the_primary", id, fails("went to the primary", {6, 10}), bye_to(primary)},
      {"is_led_to_the_primary", id, Verdict::pass, led_to_the_primary()},
      {"stays_with_the_primary", id, Verdict::pass, sends_to(primary, "BYE")},
      {"leaves_the_primary", id, fails("BYE of a call over the primary went to", {6, 8}),
       sends_to(secondary, "BYE")},
      {"informs_the_secondary", id, fails("INFO of a call over the primary went to", {6, 8}),
       sends_to(secondary, "INFO")},
      {"is_led_to_the_secondary", id, Verdict::pass,
       sends_to(secondary, "BYE", "sip:1002@127.0.0.12:5080")},
      {"was_called", id, fails("BYE of a call over the primary went to", {6, 8}),
       called_and_hangs_up_at(secondary)},
      {"was_called_and_stays", id, Verdict::pass, called_and_hangs_up_at(primary)},
      {"by_a_name", id,
       inconclusive("where sip:1002@far.test leads is not in the capture (with its DNS", {6, 8}),
       sends_to(secondary, "BYE", "sip:1002@far.test")},
      {"past_a_balancer", id, inconclusive("--vantage device would tell", {6, 8}),
       behind_a_balancer("sip:1002@192.0.2.99:5060")},
      {"past_its_own_address", id, fails("went to the secondary", {6, 8}),
       behind_a_balancer("sip:1002@127.0.0.11:5070")},
      {"no_call", id, needs("a request of the device in a call"), no_call},
  };
}

}  // namespace rfc3261_12_requests

std::vector<Case> rfc3261_12_requests_cases() {
  using namespace rfc3261_12_requests;
  std::vector<Case> all;
  for (const auto family : {tag_cases, number_cases, target_cases, route_cases, server_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
