#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace failover_return {

void no_call(Setting s) {
  registrations(s.trace, 100s);
}

void nothing(Setting) {}

/// The primary is silent from 90 s to 140 s, found out at 100 s and registered again at 152 s; the
/// secondary is refreshed all the while. `calls` come after it.
std::function<void(Setting)> returned(const std::function<void(Setting)>& calls) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(90s).silent(primary);
    silent_register(s.trace, primary, 100s);
    s.trace.registration(secondary, 100s, 120s);
    s.trace.at(140s).answering(primary);
    s.trace.registration(primary, 152s, 120s);
    s.trace.registration(secondary, 200s, 120s);
    calls(s);
    s.trace.ends(230s);
  };
}

std::function<void(Setting)> call_at(Duration at, trace::ServerRole server) {
  return [=](Setting s) {
    s.trace.at(at).dial();
    s.trace.complete_call(server, at);
  };
}

std::function<void(Setting)> both(std::function<void(Setting)> first,
                                  std::function<void(Setting)> second) {
  return [=](Setting s) {
    first(s);
    second(s);
  };
}

/// A call that the primary lets ring, and that goes on to the secondary `waited` after its INVITE.
std::function<void(Setting)> goes_on(Duration rings, Duration waited) {
  return [=](Setting s) {
    s.trace.at(160s).dial();
    const auto invite = s.trace.silent_invite(primary, 160s);
    s.trace.at(160s + rings).to_device(primary).response(180, {.to = invite});
    s.trace.complete_call(secondary, 160s + waited);
  };
}

/// A call over the secondary from 140 s to 180 s; `meanwhile` is what the device sends at 153 s.
std::function<void(Setting)> talking(std::string meanwhile, Fields fields = {}) {
  return [=](Setting s) mutable {
    s.trace.at(139s).dial();
    const auto invite = s.trace.at(139s).from_device(secondary).request("INVITE");
    s.trace.at(140s).to_device(secondary).response(200, {.to = invite});
    s.trace.at(140010ms).from_device(secondary).request("ACK", {.in = invite});
    fields.in = invite;
    if (!meanwhile.empty()) s.trace.at(153s).from_device(secondary).request(meanwhile, fields);
    s.trace.at(180s).hang_up();
    s.trace.at(180s).from_device(secondary).request("BYE", {.in = invite});
  };
}

/// Both silent from 5 s on; a call at 7 s tries the primary, the secondary at `second`, and then
/// the primary again if `third_round`.
/// Unanswered for 32 s each: at the primary, at the secondary with the first Call-ID, and at the
/// primary once more.
std::function<void(Setting)> three_rounds(const std::string& call_id, const std::string& third) {
  return [=](Setting s) {
    const auto fields = [](const std::string& id) {
      return Fields{.cseq = 1, .call_id = id, .from_tag = id.substr(0, 3) + "1a2b"};
    };
    s.trace.healthy_registrations(0s, 120s);
    s.trace.silent_invite(primary, 7s, fields(call_id));
    s.trace.silent_invite(secondary, 39s, fields(call_id));
    s.trace.silent_invite(primary, 71s, fields(third));
    s.trace.ends(200s);
  };
}

std::function<void(Setting)> nobody_answers(Duration second, bool third_round) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(5s).silent(primary);
    s.trace.at(5s).silent(secondary);
    s.trace.at(7s).dial();
    s.trace.silent_invite(primary, 7s);
    s.trace.silent_invite(secondary, second);
    if (third_round) s.trace.silent_invite(primary, second + 32s);
    s.trace.ends(200s);
  };
}

/// The primary comes and goes four times; `attempts` REGISTERs a second apart at 200 s.
std::function<void(Setting)> flapping(int attempts) {
  return [=](Setting s) {
    registrations(s.trace, 100s);
    for (int i = 0; i < 4; ++i) {
      s.trace.at(30s + i * 20s).silent(primary);
      s.trace.at(40s + i * 20s).answering(primary);
    }
    for (int i = 0; i < attempts; ++i) s.trace.registration(primary, 200s + i * 1s, 120s);
    s.trace.ends(300s);
  };
}

/// Packets are lost at 6 s; a call at 7 s to the primary whose answers are as `write` says.
std::function<void(Setting)> lossy(const std::function<void(Setting)>& write) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(6s).entry(journal::Withheld{"primary", "link", 1, "200 to OPTIONS"});
    s.trace.at(7s).dial();
    write(s);
    s.trace.ends(80s);
  };
}

void answered_and_left(Setting s) {
  const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
  s.trace.at(7500ms).repeat(invite);
  s.trace.at(7520ms).to_device(primary).response(180, {.to = invite});
  s.trace.complete_call(secondary, 9s);
}

void refused_and_left(Setting s) {
  const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
  s.trace.at(7020ms).to_device(primary).response(503, {.to = invite});
  s.trace.at(7021ms).from_device(primary).request("ACK", {.in = invite});
  s.trace.complete_call(secondary, 7030ms);
}

void all_copies_lost(Setting s) {
  s.trace.silent_invite(primary, 7s);
  s.trace.complete_call(secondary, 39s);
}

std::vector<Case> next_call_cases() {
  return {
      {"goes_back", "GRP-CALL-08", Verdict::pass, returned(call_at(170s, primary))},
      {"stays_away", "GRP-CALL-08", fails("started at the secondary", {20}),
       returned(call_at(170s, secondary))},
      {"answered_when_it_had_gone_on", "GRP-CALL-08", Verdict::pass, returned(goes_on(33s, 32s))},
      {"went_on_although_it_rang", "GRP-CALL-08", fails("went on to the secondary", {28}),
       returned(goes_on(31s, 32s))},
      {"free_before_the_return", "GRP-CALL-08",
       needs("a call after the primary was lost and registered again"),
       returned(call_at(145s, secondary))},
      {"no_loss", "GRP-CALL-08", needs("a call after the primary was lost and registered again"),
       call_at(7s, primary)},
      {"first_call_goes_back", "FO-BACK-01", Verdict::pass, returned(call_at(170s, primary))},
      {"first_call_stays_away", "FO-BACK-01", fails("started at the secondary", {20}),
       returned(both(call_at(170s, secondary), call_at(190s, primary)))},
      {"only_the_second_stays_away", "FO-BACK-01", Verdict::pass,
       returned(both(call_at(170s, primary), call_at(190s, secondary)))},
      {"no_call", "FO-BACK-01", needs("a call after the primary was lost and registered again"),
       returned(nothing)},
  };
}

std::vector<Case> call_meanwhile_cases() {
  return {
      {"goes_on", "FO-BACK-03", Verdict::pass, returned(talking(""))},
      {"is_dropped", "FO-BACK-03", fails("BYE in the call over the secondary 0.995 s", {18, 23}),
       returned(talking("BYE"))},
      {"is_renegotiated", "FO-BACK-03",
       fails("INVITE in the call over the secondary 0.995 s", {18, 23}),
       returned(talking("INVITE"))},
      {"trap_13_a_session_refresh_is_no_disturbance", "FO-BACK-03", Verdict::pass,
       returned(talking("INVITE", {.headers = {{"Session-Expires", "90;refresher=uac"}}}))},
      {"its_hang_up_is_sent_again", "FO-BACK-03", Verdict::pass, returned([](Setting s) {
         s.trace.at(139s).dial();
         const auto invite = s.trace.at(139s).from_device(secondary).request("INVITE");
         s.trace.at(140s).to_device(secondary).response(200, {.to = invite});
         s.trace.at(140010ms).from_device(secondary).request("ACK", {.in = invite});
         s.trace.at(153s).hang_up();
         const auto bye = s.trace.at(153s).from_device(secondary).request("BYE", {.in = invite});
         s.trace.retransmissions(bye, {500ms, 1500ms, 3500ms});
       })},
      {"its_hang_up_wants_proof", "FO-BACK-03", Verdict::pass, returned([](Setting s) {
         s.trace.at(139s).dial();
         const auto invite = s.trace.at(139s).from_device(secondary).request("INVITE");
         s.trace.at(140s).to_device(secondary).response(200, {.to = invite});
         s.trace.at(140010ms).from_device(secondary).request("ACK", {.in = invite});
         s.trace.at(152500ms).hang_up();
         const auto bye =
             s.trace.at(152500ms).from_device(secondary).request("BYE", {.in = invite});
         s.trace.retransmissions(bye, {500ms, 1500ms, 3500ms});
         s.trace.at(156010ms).to_device(secondary).response(401, {.to = bye});
         s.trace.at(156020ms).from_device(secondary).request("BYE", {.in = invite});
       })},
      {"no_call", "FO-BACK-03",
       needs("a call over the secondary while the primary registers again"), returned(nothing)},
  };
}

std::vector<Case> unstable_server_cases() {
  return {
      {"one_round", "FO-BOTH-01", Verdict::pass, nobody_answers(39s, false)},
      {"a_third_round", "FO-BOTH-01",
       fails("a server that had not answered was tried again in the same call", {5, 19}),
       nobody_answers(39s, true)},
      {"too_long", "FO-BOTH-01",
       fails("the last INVITE of a call that nobody answers: 84.500 s", {5, 18}),
       nobody_answers(60s, false)},
      {"foreign_and_one_round", "FO-BOTH-01", Verdict::pass, foreign(nobody_answers(39s, false))},
      {"foreign_and_a_third_round", "FO-BOTH-01",
       fails("the last INVITE of a call that nobody answers: 95.500 s", {5}),
       foreign(three_rounds("one@call", "one@call"))},
      {"foreign_and_dialled_anew", "FO-BOTH-01",
       inconclusive("INVITEs with several Call-IDs, one after the other: dialled anew?", {5}),
       foreign(three_rounds("one@call", "another@call"))},
      {"foreign_and_given_up", "FO-BOTH-01", needs("a call while both servers are silent"),
       foreign([](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.silent_invite(primary, 7s);
         s.trace.retransmissions(s.trace.at(39s).from_device(secondary).request("INVITE"), {500ms});
         s.trace.ends(200s);
       })},
      {"no_outage", "FO-BOTH-01", needs("a call while both servers are silent"),
       call_at(7s, primary)},
      {"stays_calm", "FO-FLAP", Verdict::pass, flapping(2)},
      {"storms", "FO-FLAP",
       warns("at most 20 registration attempts in a minute",
             {9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47}),
       flapping(20)},
      {"stays", "FO-LOSS", Verdict::pass,
       lossy([](Setting s) { s.trace.complete_call(primary, 7s); })},
      {"every_copy_lost", "FO-LOSS", Verdict::pass, lossy(all_copies_lost)},
      {"left_although_answered", "FO-LOSS",
       warns("although one of its answers came in time", {5, 8}), lossy(answered_and_left)},
      {"refused_and_left", "FO-LOSS", needs("a call over a link that loses packets by chance"),
       lossy(refused_and_left)},
      {"leaves_after_few_repeats", "FO-LOSS", not_applicable("leaves early"),
       [](Setting s) {
         s.profile.max_request_retries = 3;
         lossy(answered_and_left)(s);
       }},
      {"nothing_lost", "FO-LOSS", needs("a call over a link that loses packets by chance"),
       call_at(7s, primary)},
      {"no_flapping", "FO-FLAP", needs("a primary that goes and returns three times"), no_call},
  };
}

}  // namespace failover_return

std::vector<Case> failover_return_cases() {
  using namespace failover_return;
  std::vector<Case> all = next_call_cases();
  for (const auto more : {call_meanwhile_cases, unstable_server_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
