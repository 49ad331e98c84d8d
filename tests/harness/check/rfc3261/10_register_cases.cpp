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
  for (const auto more : {contact_cases, sequence_cases, renewal_cases, overlap_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
