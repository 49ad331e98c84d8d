#include <optional>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_10_register {

void nothing_but_a_call(Setting s) {
  s.trace.complete_call(primary, 1s);
}

void healthy(Setting s) {
  registrations(s.trace, 200s);
}

/// One REGISTER at the primary with these fields, answered.
std::function<void(Setting)> one_register(const Fields& fields) {
  return [fields](Setting s) {
    s.trace.at(0s).from_device(primary).request("REGISTER", fields);
    s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
  };
}

/// The phone has a private address.
std::function<void(Setting)> from_private(const std::function<void(Setting)>& write) {
  return [=](Setting s) {
    s.trace.vantage(trace::Vantage::device);
    s.trace.device("1001", *Endpoint::parse("192.168.1.50:5062"));
    write(s);
  };
}

/// The run moves the device to 127.128.0.1, and there it registers with this Contact.
std::function<void(Setting)> moves_and_registers(const std::string& contact) {
  return [contact](Setting s) {
    s.trace.vantage(trace::Vantage::device);
    one_register({.expires = 120s})(s);
    s.trace.at(20s).action("move");
    s.trace.device("1001", *Endpoint::parse("127.128.0.1:5062"));
    s.trace.at(20010ms).from_device(primary).request("REGISTER",
                                                     {.expires = 120s, .contact = contact});
    s.trace.at(20020ms).to_device(primary).response(200, {.expires = 120s});
  };
}

/// Two of them, the second changed.
std::function<void(Setting)> then_register(const Fields& second, Duration at = 100s) {
  return [=](Setting s) {
    s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.at(at).from_device(primary).request("REGISTER", second);
    s.trace.at(at + 20ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.ends(at + 10s);
  };
}

/// Two of them with these Contacts.
std::function<void(Setting)> with_contacts(const std::string& first, const std::string& second) {
  return [=](Setting s) {
    s.trace.at(0s).from_device(primary).request("REGISTER",
                                                {.expires = 120s, .headers = {{"Contact", first}}});
    s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.at(60s).from_device(primary).request(
        "REGISTER", {.expires = 120s, .headers = {{"Contact", second}}});
    s.trace.at(60020ms).to_device(primary).response(200, {.expires = 120s});
  };
}

/// A REGISTER without answer, another one `after` it.
std::function<void(Setting)> impatient(Duration after, std::string contact = {}) {
  return [=](Setting s) {
    s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.at(after).from_device(primary).request("REGISTER",
                                                   {.expires = 120s, .contact = contact});
    s.trace.ends(after + 40s);
  };
}

std::vector<Case> content_cases() {
  return {
      {"domain_only", "RFC3261-REG-01", Verdict::pass, healthy},
      {"user_part", "RFC3261-REG-01", fails("has a user part", {1}),
       one_register({.uri = "sip:1001@127.0.0.11:5070"})},
      {"scheme_in_capitals", "RFC3261-REG-01", Verdict::pass,
       one_register({.uri = "SIP:127.0.0.11:5070"})},
      {"no_sip_uri", "RFC3261-REG-01", fails("\"tel:1001\" is no SIP URI", {1}),
       one_register({.uri = "tel:1001"})},
      {"no_register", "RFC3261-REG-01", needs("something to judge"), nothing_but_a_call},
      {"same_aor", "RFC3261-REG-02", Verdict::pass, healthy},
      {"third_party", "RFC3261-REG-02", fails("From is sip:1002@127.0.0.11:5070", {1}),
       one_register({.headers = {{"From", "<sip:1002@127.0.0.11:5070>;tag=abcd"}}})},
      {"tag_in_to", "RFC3261-REG-02", fails("To has a tag", {1}),
       one_register({.headers = {{"To", "<sip:1001@127.0.0.11:5070>;tag=abcd"},
                                 {"From", "<sip:1001@127.0.0.11:5070>;tag=abce"}}})},
      {"no_tag_in_from", "RFC3261-REG-02", fails("From has no tag", {1}),
       one_register({.headers = {{"To", "<sip:1001@127.0.0.11:5070>"},
                                 {"From", "<sip:1001@127.0.0.11:5070>"}}})},
      {"unreadable", "RFC3261-REG-02", fails("To or From cannot be read", {1}),
       one_register({.headers = {{"To", "<sip:"}}})},
      {"no_register", "RFC3261-REG-02", needs("something to judge"), nothing_but_a_call},
  };
}

std::vector<Case> nat_cases() {
  return {
      {"a_public_one_of_a_private_phone", "RFC3261-REG-05",
       inconclusive("configured with, for a NAT beyond the capture", {1}),
       foreign(from_private(one_register({.contact = "sip:1001@203.0.113.7:5062"})))},
      {"a_public_one_in_our_own_network", "RFC3261-REG-05",
       fails("Contact host 203.0.113.7 but the packet came from 192.168.1.50", {1}),
       from_private(one_register({.contact = "sip:1001@203.0.113.7:5062"}))},
      {"one_of_its_link", "RFC3261-REG-05",
       fails("Contact host 169.254.7.7 but the packet came from 192.168.1.50", {1}),
       foreign(from_private(one_register({.contact = "sip:1001@169.254.7.7:5062"})))},
      {"another_private_one", "RFC3261-REG-05",
       fails("Contact host 192.168.1.51 but the packet came from 192.168.1.50", {1}),
       foreign(from_private(one_register({.contact = "sip:1001@192.168.1.51:5062"})))},
  };
}

std::vector<Case> contact_cases() {
  return {
      {"leads_back", "RFC3261-REG-05", Verdict::pass, healthy},
      {"another_host", "RFC3261-REG-05", fails("Contact host 127.0.0.99", {1}),
       one_register({.contact = "sip:1001@127.0.0.99:5062"})},
      {"another_port", "RFC3261-REG-05", fails("Contact port 5999", {1}),
       one_register({.contact = "sip:1001@127.0.0.1:5999"})},
      {"where_it_moved", "RFC3261-REG-05", Verdict::pass,
       moves_and_registers("sip:1001@127.128.0.1:5062")},
      {"where_it_was_before_it_moved", "RFC3261-REG-05",
       fails("Contact host 127.0.0.1 but the packet came from 127.128.0.1", {3}),
       moves_and_registers("sip:1001@127.0.0.1:5062")},
      {"listens_elsewhere_for_streams", "RFC3261-REG-05", Verdict::pass,
       one_register({.contact = "sip:1001@127.0.0.1:5999;transport=tcp"})},
      {"listens_elsewhere_for_tls", "RFC3261-REG-05", Verdict::pass,
       one_register({.contact = "sips:1001@127.0.0.1:5061"})},
      {"another_port_for_datagrams", "RFC3261-REG-05", fails("Contact port 5999", {1}),
       one_register({.contact = "sip:1001@127.0.0.1:5999;transport=UDP"})},
      {"takes_the_old_one_back_in_a_line_of_its_own", "RFC3261-REG-05", Verdict::pass,
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request(
             "REGISTER", {.expires = 120s, .contact = "sip:1001@127.0.0.1:5062;line=a"});
         s.trace.at(20ms).to_device(primary).response(200, {.expires = 120s});
         s.trace.at(60s).from_device(primary).request(
             "REGISTER", {.expires = 120s,
                          .headers = {{"Contact", "<sip:1001@127.0.0.1:5062;line=b>"},
                                      {"Contact", "<sip:1001@127.0.0.1:5062;line=a>;expires=0"}}});
       }},
      {"names_two_in_another_order", "RFC3261-REG-05", Verdict::pass,
       with_contacts("<sip:1001@127.0.0.1:5062;line=a>, <sip:1001@127.0.0.1:5062;line=b>",
                     "<sip:1001@127.0.0.1:5062;line=b>, <sip:1001@127.0.0.1:5062;line=a>")},
      {"leaves_one_of_two_behind", "RFC3261-REG-05",
       fails("Contact sip:1001@127.0.0.1:5062;line=b where it was sip:1001@127.0.0.1:5062;line=a",
             {3}),
       with_contacts("<sip:1001@127.0.0.1:5062;line=a>, <sip:1001@127.0.0.1:5062;line=b>",
                     "<sip:1001@127.0.0.1:5062;line=b>")},
      {"another_one_for_the_same_flow", "RFC3261-REG-05", Verdict::pass,
       with_contacts("<sip:1001@127.0.0.1:5062;line=a>;+sip.instance=\"<urn:uuid:1>\";reg-id=1",
                     "<sip:1001@127.0.0.1:5062;line=b>;+sip.instance=\"<urn:uuid:1>\";reg-id=1")},
      {"another_one_for_another_flow", "RFC3261-REG-05", fails("line=b where it was", {3}),
       with_contacts("<sip:1001@127.0.0.1:5062;line=a>;+sip.instance=\"<urn:uuid:1>\";reg-id=1",
                     "<sip:1001@127.0.0.1:5062;line=b>;+sip.instance=\"<urn:uuid:1>\";reg-id=2")},
      {"only_asks_what_is_bound", "RFC3261-REG-05", needs("something to judge"),
       one_register({.without = {"Contact"}})},
      {"no_sip_uri", "RFC3261-REG-05", fails("Contact \"mailto:1001@phone\" cannot be read", {1}),
       one_register({.headers = {{"Contact", "<mailto:1001@phone>"}}})},
      {"no_register", "RFC3261-REG-05", needs("something to judge"), nothing_but_a_call},
  };
}

/// A REGISTER to another port of the primary, which draws `status` or nothing, then to its own with
/// the same number, and its refresh.
std::function<void(Setting)> tried_at_two_ports(std::optional<int> status, Duration later) {
  return [=](Setting s) {
    const Fields fields{.cseq = 1, .expires = 120s, .call_id = "two@ports", .from_tag = "1a2b3c"};
    const auto first = s.trace.at(0s).from_device(primary).request("REGISTER", fields);
    if (status) s.trace.at(10ms).to_device(primary).response(*status, {.expires = 120s});
    s.trace.redirect(first, 5999);
    s.trace.at(later).from_device(primary).request("REGISTER", fields);
    s.trace.at(later + 10ms).to_device(primary).response(200, {.expires = 120s});
    Fields refresh = fields;
    refresh.cseq = 2;
    s.trace.at(100s).from_device(primary).request("REGISTER", refresh);
    s.trace.at(100010ms).to_device(primary).response(200, {.expires = 120s});
  };
}

/// A REGISTER that is never answered, and 40 s later, when it has timed out, one with this Call-ID.
std::function<void(Setting)> after_a_timeout(const std::string& call_id) {
  return [=](Setting s) {
    silent_register(s.trace, primary, 0s);
    s.trace.at(40s).from_device(primary).request("REGISTER", {.expires = 120s, .call_id = call_id});
    s.trace.at(40020ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.ends(60s);
  };
}

/// The same where the first one was refused.
std::function<void(Setting)> after_a_refusal(const std::string& call_id) {
  return [=](Setting s) {
    s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.at(20ms).to_device(primary).response(480);
    s.trace.at(40s).from_device(primary).request("REGISTER", {.expires = 120s, .call_id = call_id});
    s.trace.at(40020ms).to_device(primary).response(200, {.expires = 120s});
    s.trace.ends(60s);
  };
}

/// What a REGISTER says of the flow that it is for. @source RFC 5626 §4.2.1
Fields flow(const std::string& reg_id) {
  return {.headers = {{"Contact",
                       "<sip:1001@127.0.0.1:5062;ob>;+sip.instance=\"<urn:uuid:1>\";"
                       "reg-id=" +
                           reg_id}}};
}

/// Two registrations at the primary, each with a Call-ID of its own, begun and refreshed side by
/// side.
std::function<void(Setting)> two_registrations(Fields one, Fields other) {
  one.call_id = "one@phone";
  other.call_id = "other@phone";
  one.expires = other.expires = 120s;
  return [=](Setting s) {
    for (const Duration at : {0s, 100s}) {
      const auto first = s.trace.at(at).from_device(primary).request("REGISTER", one);
      const auto second = s.trace.at(at + 5ms).request("REGISTER", other);
      s.trace.at(at + 20ms).to_device(primary).response(200, {.expires = 120s, .to = first});
      s.trace.at(at + 25ms).response(200, {.expires = 120s, .to = second});
    }
    s.trace.ends(110s);
  };
}

std::vector<Case> sequence_cases() {
  return {
      {"one_call_id", "RFC3261-REG-03", Verdict::pass, healthy},
      {"new_call_id", "RFC3261-REG-03", warns("a new Call-ID at the primary", {3}),
       then_register({.call_id = "other@phone"})},
      {"new_call_id_after_restart", "RFC3261-REG-03", Verdict::pass,
       [](Setting s) {
         s.trace.at(50s).action("restart");
         then_register({.call_id = "other@phone"})(s);
       }},
      {"new_call_id_after_taking_back_and_restart", "RFC3261-REG-03", Verdict::pass,
       [](Setting s) {
         s.trace.at(50s).action("restart");
         s.trace.at(50100ms).from_device(primary).request("REGISTER", {.expires = 0s});
         s.trace.at(50120ms).to_device(primary).response(200, {});
         then_register({.call_id = "other@phone"}, 51s)(s);
       }},
      {"new_call_id_after_a_timeout", "RFC3261-REG-03", needs("two REGISTERs at one server"),
       foreign(after_a_timeout("other@phone"))},
      {"new_call_id_after_a_refusal", "RFC3261-REG-03", warns("a new Call-ID at the primary", {3}),
       foreign(after_a_refusal("other@phone"))},
      {"each_flow_has_its_own", "RFC3261-REG-03", Verdict::pass,
       two_registrations(flow("1"), flow("2"))},
      {"each_account_has_its_own", "RFC3261-REG-03", Verdict::pass,
       two_registrations({.headers = {{"To", "<sip:1001@one.example>"},
                                      {"From", "<sip:1001@one.example>;tag=abcd1"}}},
                         {.headers = {{"To", "<sip:1001@two.example>"},
                                      {"From", "<sip:1001@two.example>;tag=abcd2"}}})},
      {"one_flow_has_two", "RFC3261-REG-03", warns("a new Call-ID at the primary", {2}),
       two_registrations(flow("1"), flow("1"))},
      {"only_one", "RFC3261-REG-03", needs("two REGISTERs at one server"), one_register({})},
      {"counts_up", "RFC3261-REG-04", Verdict::pass, healthy},
      {"skips_one", "RFC3261-REG-04", fails("CSeq 77 after 1", {3}), then_register({.cseq = 77})},
      {"repeats_one", "RFC3261-REG-04", fails("CSeq 1 after 1", {3}), then_register({.cseq = 1})},
      {"tried_at_the_next_address", "RFC3261-REG-04", Verdict::pass,
       foreign(tried_at_two_ports({}, 500ms))},
      {"answered_and_repeated_at_the_next_address", "RFC3261-REG-04", fails("CSeq 1 after 1", {3}),
       foreign(tried_at_two_ports(200, 500ms))},
      {"only_one", "RFC3261-REG-04", needs("two REGISTERs with one Call-ID at one server"),
       one_register({})},
  };
}

std::vector<Case> renewal_cases() {
  return {
      {"renewed_in_time", "RFC3261-REG-09", Verdict::pass, healthy},
      {"renewed_too_late", "RFC3261-REG-09", fails("renewed after its last 200: 121.000 s", {1, 3}),
       then_register({}, 121s)},
      {"never_renewed", "RFC3261-REG-09", fails("lapsed without a refresh", {1}),
       [](Setting s) {
         one_register({})(s);
         s.trace.ends(130s);
       }},
      {"asks_only_what_is_bound", "RFC3261-REG-09", fails("lapsed without a refresh", {1}),
       [](Setting s) {
         then_register({.without = {"Contact"}})(s);
         s.trace.ends(130s);
       }},
      {"taken_back", "RFC3261-REG-09", needs("a granted registration"),
       [](Setting s) {
         one_register({})(s);
         s.trace.at(60s).from_device(primary).request("REGISTER", {.expires = 0s});
         s.trace.at(60020ms).to_device(primary).response(200);
         s.trace.ends(130s);
       }},
      {"renewed_just_in_time", "RFC3261-REG-09", warns("renewed only 0.500 s", {1, 3}),
       then_register({}, 119500ms)},
      {"primary_silent_when_nobody_asked", "RFC3261-REG-09",
       fails("renewed after its last 200: 121.000 s", {1, 3}),
       [](Setting s) {
         then_register({}, 121s)(s);
         s.trace.at(60s).silent(primary);
         s.trace.at(70s).answering(primary);
       }},
      {"forgotten_by_the_primary", "RFC3261-REG-09",
       fails("renewed after its last 200: 121.000 s", {1, 3}),
       [](Setting s) {
         then_register({}, 121s)(s);
         s.trace.at(60s).forget_bindings(primary);
       }},
      {"primary_silent_at_the_refresh", "RFC3261-REG-09", needs("a granted registration"),
       [](Setting s) {
         one_register({})(s);
         s.trace.at(90s).silent(primary);
         silent_register(s.trace, primary, 100s);
         s.trace.ends(140s);
       }},
  };
}

std::vector<Case> overlap_cases() {
  return {
      {"joined_late", "RFC3261-REG-10", needs("two REGISTERs at one server"),
       foreign([](Setting s) {
         s.trace.retransmissions(s.trace.at(0s).from_device(primary).request("REGISTER"), {4s, 8s});
         s.trace.at(30s).request("REGISTER");
         s.trace.ends(60s);
       })},
      {"one_at_a_time", "RFC3261-REG-10", Verdict::pass, healthy},
      {"after_timer_f", "RFC3261-REG-10", Verdict::pass, impatient(52s)},
      {"overlaps_with_same_contact", "RFC3261-REG-10",
       warns("unanswered, with the same Contact", {2}), impatient(10s)},
      {"overlaps_with_new_contact", "RFC3261-REG-10",
       fails("unanswered, with another Contact", {2}), impatient(10s, "sip:1001@127.0.0.1:5063")},
      {"asks_what_is_bound_meanwhile", "RFC3261-REG-10", needs("two REGISTERs at one server"),
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
         s.trace.at(10s).from_device(primary).request("REGISTER", {.without = {"Contact"}});
         s.trace.ends(50s);
       }},
      {"two_flows_side_by_side", "RFC3261-REG-10", Verdict::pass,
       two_registrations(flow("1"), flow("2"))},
      {"one_flow_twice", "RFC3261-REG-10", warns("unanswered, with the same Contact", {2}),
       two_registrations(flow("1"), flow("1"))},
      {"early_leaver", "RFC3261-REG-10", not_applicable("leaves early"),
       [](Setting s) {
         s.profile.max_request_retries = 2;
         impatient(10s)(s);
       }},
      {"only_one", "RFC3261-REG-10", needs("two REGISTERs at one server"), one_register({})},
  };
}

}  // namespace rfc3261_10_register

std::vector<Case> rfc3261_10_register_cases() {
  using namespace rfc3261_10_register;
  std::vector<Case> all = content_cases();
  for (const auto more : {contact_cases, nat_cases, sequence_cases, renewal_cases, overlap_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
