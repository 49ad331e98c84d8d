#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_19_tags {

/// Two calls with these From tags.
std::function<void(Setting)> two_calls(std::string first, std::string second) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    s.trace.at(7s).dial();
    s.trace.complete_call(primary, 7s, {.from_tag = first});
    s.trace.at(20s).dial();
    s.trace.complete_call(primary, 20s, {.from_tag = second});
  };
}

/// One call that falls back with the same INVITE.
void one_call_at_both(Setting s) {
  registrations(s.trace, 0s);
  s.trace.at(7s).dial();
  s.trace.silent_invite(primary, 7s, {.call_id = "one@call", .from_tag = "1234abcd"});
  s.trace.complete_call(secondary, 39s, {.call_id = "one@call", .from_tag = "1234abcd"});
}

/// Not answered by the primary, then tried at the secondary, where the number is written otherwise,
/// with this Call-ID.
std::function<void(Setting)> written_otherwise(const std::string& at_secondary) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    s.trace.silent_invite(primary, 7s,
                          {.number = "00491234", .call_id = "one@call", .from_tag = "1234abcd"});
    s.trace.complete_call(secondary, 39s,
                          {.number = "+491234", .call_id = at_secondary, .from_tag = "1234abcd"});
  };
}

/// Registered, booted again, registered with these Call-IDs and From tags.
std::function<void(Setting)> booted(std::string call_id, std::string tag) {
  return [=](Setting s) {
    s.trace.at(0s).from_device(primary).request("REGISTER",
                                                {.call_id = "first@boot", .from_tag = "1234abcd"});
    s.trace.at(60s).action("shutdown");
    s.trace.at(80s).action("boot");
    s.trace.at(80s).from_device(primary).request("REGISTER", {.call_id = call_id, .from_tag = tag});
    s.trace.ends(100s);
  };
}

/// The server calls; the device answers with this To tag.
std::function<void(Setting)> answered_with(std::string to_tag) {
  return [=](Setting s) {
    const auto invite =
        s.trace.at(5s).to_device(primary).request("INVITE", {.from_tag = "fromserver"});
    s.trace.at(5100ms).from_device(primary).response(200, {.to_tag = to_tag, .to = invite});
  };
}

/// An INVITE that is answered with `status`, and the next one of the same call `after` that, to
/// this number.
std::function<void(Setting)> tried_again(int status, Duration after, std::string number) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    const auto invite = s.trace.at(7s).from_device(primary).request(
        "INVITE", {.call_id = "one@call", .from_tag = "1234abcd"});
    s.trace.at(7100ms).to_device(primary).response(status, {.to = invite});
    s.trace.at(7110ms).from_device(primary).request("ACK", {.in = invite});
    s.trace.complete_call(primary, 7s + after,
                          {.number = number, .call_id = "one@call", .from_tag = "1234abcd"});
    s.trace.without_journal();
  };
}

void silent_device(Setting s) {
  s.trace.at(1s).to_device(primary).request("OPTIONS");
}

}  // namespace rfc3261_19_tags

std::vector<Case> rfc3261_19_tags_cases() {
  using namespace rfc3261_19_tags;
  return {
      {"two_calls_two_tags", "RFC3261-GEN-06", Verdict::pass, two_calls("1234abcd", "5678abcd")},
      {"two_calls_one_tag", "RFC3261-GEN-06",
       fails("the tag 1234abcd of call 1 again in call 2", {5, 11}),
       two_calls("1234abcd", "1234abcd")},
      {"short_tags", "RFC3261-GEN-06", warns("tag that is too short", {5}), two_calls("1", "2")},
      {"one_call_at_both_servers", "RFC3261-GEN-06", Verdict::pass, one_call_at_both},
      {"one_call_written_otherwise", "RFC3261-GEN-06", Verdict::pass,
       foreign(written_otherwise("one@call"))},
      {"one_tag_for_another_number", "RFC3261-GEN-06",
       fails("the tag 1234abcd of call 1 again in call 2", {5, 12}),
       foreign(written_otherwise("other@call"))},
      {"redirected", "RFC3261-GEN-06", Verdict::pass, tried_again(302, 200ms, "1009")},
      {"challenge_answered_late", "RFC3261-GEN-06", Verdict::pass, tried_again(407, 300s, "1002")},
      {"called_again_after_busy", "RFC3261-GEN-06",
       fails("the tag 1234abcd of call 1 again in call 2", {5, 8}), tried_again(486, 60s, "1002")},
      {"new_tag_after_a_boot", "RFC3261-GEN-06", Verdict::pass, booted("second@boot", "5678abcd")},
      {"old_tag_after_a_boot", "RFC3261-GEN-06",
       fails("the registrations until 60.000 s again", {1, 2}), booted("second@boot", "1234abcd")},
      {"registration_carried_over", "RFC3261-GEN-06", Verdict::pass,
       booted("first@boot", "1234abcd")},
      {"one_tag_at_both_registrars", "RFC3261-GEN-06", Verdict::pass,
       [](Setting s) {
         s.trace.at(0s).from_device(primary).request("REGISTER", {.from_tag = "1234abcd"});
         s.trace.at(0s).from_device(secondary).request("REGISTER", {.from_tag = "1234abcd"});
       }},
      {"answers_with_a_tag_of_its_own", "RFC3261-GEN-06", Verdict::pass, answered_with("8765abcd")},
      {"answers_with_the_callers_tag", "RFC3261-GEN-06",
       fails("the From tag of the INVITE", {1, 2}), answered_with("fromserver")},
      {"silent_device", "RFC3261-GEN-06", needs("a REGISTER or a call of the device"),
       silent_device},
  };
}

}  // namespace sipharness::check_tests
