#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace guide_incoming {

/// Registered at both at 0 s; the primary silent from 5 s if `lost`; the secondary calls at 10 s.
MessageId called(Setting s, bool lost) {
  booted(s.trace);
  if (lost) s.trace.at(5s).silent(primary);
  s.trace.ends(60s);
  return s.trace.at(10s).to_device(secondary).request("INVITE", {.uri = "sip:1001@127.0.0.1:5062"});
}

/// The call draws this status so long after.
std::function<void(Setting)> draws(bool lost, Duration after, int status) {
  return [=](Setting s) {
    called(s, lost);
    s.trace.at(10s + after).from_device(secondary).response(status);
  };
}

std::function<void(Setting)> draws_nothing(bool lost) {
  return [=](Setting s) { called(s, lost); };
}

std::function<void(Setting)> with(std::function<void(Setting)> more, bool lost, int status) {
  return [=](Setting s) {
    draws(lost, 1s, status)(s);
    more(s);
  };
}

/// Rings at once; its user takes the call at 12 s; the caller hears `status` then.
std::function<void(Setting)> taken(std::optional<int> status) {
  return [=](Setting s) {
    called(s, true);
    s.trace.at(10s).from_device(secondary).response(180);
    s.trace.at(12s).action("answer");
    if (status) s.trace.at(12s).from_device(secondary).response(*status);
  };
}

/// Both of two calls ring; the user takes the second.
void takes_the_other_call(Setting s) {
  called(s, true);
  s.trace.at(10010ms).from_device(secondary).response(180);
  s.trace.at(20s).to_device(secondary).request("INVITE", {.uri = "sip:1001@127.0.0.1:5062"});
  s.trace.at(20010ms).from_device(secondary).response(180);
  s.trace.at(22s).action("answer");
  s.trace.at(22010ms).from_device(secondary).response(200);
}

void never_called(Setting s) {
  registrations(s.trace, 100s);
}

constexpr bool lost = true;
constexpr bool up = false;

std::vector<Case> lost_cases() {
  const auto nothing_more = [](Setting) {};
  return {
      {"rings", "GRP-CALL-06", Verdict::pass, draws(lost, 10ms, 180)},
      {"answers", "GRP-CALL-06", Verdict::pass, draws(lost, 3s, 200)},
      {"taken", "GRP-CALL-06", Verdict::pass, taken(200)},
      {"taken_in_vain", "GRP-CALL-06", fails("the caller got 500", {5}), taken(500)},
      {"taken_without_a_word", "GRP-CALL-06", fails("no 200 was sent", {5}), taken({})},
      {"rings_late", "GRP-CALL-06", fails("was not heard within 4s", {5}), draws(lost, 5s, 180)},
      {"trying_is_no_ringing", "GRP-CALL-06", fails("was not heard within 4s", {5}),
       draws(lost, 10ms, 100)},
      {"not_found", "GRP-CALL-06", fails("was refused with 404", {5}), draws(lost, 10ms, 404)},
      {"busy_of_itself", "GRP-CALL-06", fails("was refused with 486", {5}),
       with(nothing_more, lost, 486)},
      {"unheard", "GRP-CALL-06", fails("was not heard within 4s", {5}), draws_nothing(lost)},
      {"takes_the_other_call", "GRP-CALL-06", Verdict::pass, takes_the_other_call},
  };
}

/// Calls of the secondary that say nothing about the device.
std::vector<Case> excused_cases() {
  const auto rejects = [](Setting s) { s.trace.at(10500ms).action("reject"); };
  const auto refuses_strangers = [](Setting s) { s.profile.check_sip_user_id = true; };
  return {
      {"rejected_by_its_user", "GRP-CALL-06",
       needs("a call of the secondary while the primary is lost"), with(rejects, lost, 486)},
      {"busy_while_it_dials", "GRP-CALL-06",
       needs("a call of the secondary while the primary is lost"),
       [](Setting s) {
         const auto call = called(s, true);
         const auto own = s.trace.at(9s).from_device(secondary).request("INVITE");
         s.trace.at(9020ms).to_device(secondary).response(180, {.to = own});
         s.trace.at(10010ms).from_device(secondary).response(486, {.to = call});
       }},
      {"wants_a_longer_session", "GRP-CALL-06",
       needs("a call of the secondary while the primary is lost"), draws(lost, 10ms, 422)},
      {"does_not_like_the_offer", "GRP-CALL-06",
       needs("a call of the secondary while the primary is lost"), draws(lost, 10ms, 488)},
      {"does_not_like_the_body", "GRP-CALL-06",
       needs("a call of the secondary while the primary is lost"), draws(lost, 10ms, 415)},
      {"taken_but_for_the_offer", "GRP-CALL-06",
       needs("a call of the secondary while the primary is lost"), taken(606)},
      {"rings_late_at_the_server", "GRP-CALL-06",
       needs("a call of the secondary while the primary is lost"),
       [](Setting s) {
         draws(true, 5s, 180)(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"forwarded", "GRP-CALL-06", needs("a call of the secondary while the primary is lost"),
       draws(lost, 10ms, 302)},
      {"wants_proof", "GRP-CALL-06", needs("a call of the secondary while the primary is lost"),
       draws(lost, 10ms, 401)},
      {"refuses_strangers", "GRP-CALL-06",
       inconclusive("the device refuses calls of strangers", {5}),
       with(refuses_strangers, lost, 404)},
      {"primary_is_up", "GRP-CALL-06", needs("a call of the secondary while the primary is lost"),
       draws(up, 10ms, 180)},
      {"another_contact", "GRP-CALL-06", needs("a call of the secondary while the primary is lost"),
       [](Setting s) {
         booted(s.trace);
         s.trace.at(5s).silent(primary);
         s.trace.at(10s).to_device(secondary).request("INVITE", {.uri = "sip:1009@127.0.0.1"});
         s.trace.at(10010ms).from_device(secondary).response(404);
         s.trace.ends(60s);
       }},
  };
}

std::vector<Case> up_cases() {
  return {
      {"rings", "GRP-CALL-07", Verdict::pass, draws(up, 10ms, 180)},
      {"refused", "GRP-CALL-07", warns("was refused with 403", {5}), draws(up, 10ms, 403)},
      {"not_to_be_disturbed", "GRP-CALL-07",
       needs("a call of the secondary while the primary serves the device"),
       [](Setting s) {
         draws(false, 10ms, 480)(s);
         s.trace.without_journal();
       }},
      {"primary_is_lost", "GRP-CALL-07",
       needs("a call of the secondary while the primary serves the device"),
       draws(lost, 10ms, 403)},
      {"never_called", "GRP-CALL-07",
       needs("a call of the secondary while the primary serves the device"), never_called},
  };
}

}  // namespace guide_incoming

std::vector<Case> guide_incoming_cases() {
  using namespace guide_incoming;
  std::vector<Case> all = lost_cases();
  for (const auto more : {excused_cases, up_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
