#include <fmt/format.h>

#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {
namespace rfc4028_10_sessions {

Fields with_session(std::string session) {
  return {.headers = {{"Session-Expires", std::move(session)}}};
}

/// A call of the device, answered at 8 s with this Session-Expires.
MessageId timed_call(Setting s, std::string session) {
  s.trace.ends(400s);
  return call_up(s, false, with_session(std::move(session)));
}

/// The device refreshes so long after the answer, and hangs up 5 s after that.
std::function<void(Setting)> refreshed(std::string session, Duration after) {
  return [=](Setting s) {
    const MessageId call = timed_call(s, session);
    const MessageId refresh = reinvite(s, call, 8s + after, with_session(session));
    Fields ok = with_session(session);
    ok.to = refresh;
    s.trace.at(8010ms + after).to_device(primary).response(200, ok);
    s.trace.at(13s + after).hang_up();
    s.trace.at(13s + after).from_device(primary).request("BYE", {.in = call});
  };
}

/// A softphone whose profile says that session timers cannot be set in it.
void no_such_setting(Setting s) {
  s.trace.complete_call(primary, 1s);
  s.profile.drive.emplace().lacks = {"session_timer"};
}

/// Nobody refreshes; the device ends the call so long after the answer, if at all.
std::function<void(Setting)> ended(std::string session, std::optional<Duration> after,
                                   bool by_user = false) {
  return [=](Setting s) {
    const MessageId call = timed_call(s, session);
    if (by_user) s.trace.at(8s + *after).hang_up();
    if (after) s.trace.at(8s + *after).from_device(primary).request("BYE", {.in = call});
  };
}

/// The far end refreshes at half the interval; the device ends the call at 120 s.
void refreshed_by_the_far_end(Setting s) {
  const MessageId call = timed_call(s, "90;refresher=uas");
  const MessageId update = s.trace.at(53s).to_device(primary).request(
      "UPDATE", {.headers = {{"Session-Expires", "90;refresher=uac"}}, .in = call});
  s.trace.at(53010ms).from_device(primary).response(
      200, {.headers = {{"Session-Expires", "90;refresher=uac"}}, .to = update});
  s.trace.at(70s).hang_up();
  s.trace.at(70s).from_device(primary).request("BYE", {.in = call});
}

/// The far end refreshes in the device's place at 28 s, so the device has time until 73 s.
void changed_by_the_far_end(Setting s) {
  const MessageId call = timed_call(s, "90;refresher=uac");
  Fields session = with_session("90;refresher=uas");
  session.in = call;
  const MessageId update = s.trace.at(28s).to_device(primary).request("UPDATE", session);
  s.trace.at(28010ms).from_device(primary).response(
      200, {.headers = {{"Session-Expires", "90;refresher=uas"}}, .to = update});
  reinvite(s, call, 73010ms, with_session("90;refresher=uac"));
  s.trace.at(73020ms).to_device(primary).response(
      200, {.headers = {{"Session-Expires", "90;refresher=uac"}}});
  s.trace.at(80s).hang_up();
  s.trace.at(80s).from_device(primary).request("BYE", {.in = call});
}

/// An UPDATE of the early dialog comes before the 200 that starts the session timer.
void updated_early(Setting s) {
  const MessageId call = timed_call(s, "90;refresher=uac");
  Fields session = with_session("90;refresher=uac");
  session.in = call;
  const MessageId update = s.trace.at(6s).from_device(primary).request("UPDATE", session);
  s.trace.at(6010ms).to_device(primary).response(200, {.to = update});
  reinvite(s, call, 53s, with_session("90;refresher=uac"));
  s.trace.at(53010ms).to_device(primary).response(
      200, {.headers = {{"Session-Expires", "90;refresher=uac"}}});
  s.trace.at(60s).hang_up();
  s.trace.at(60s).from_device(primary).request("BYE", {.in = call});
}

/// The far end refreshes when the device was about to end the call.
void refreshed_at_the_last_moment(Setting s) {
  const MessageId call = timed_call(s, "90;refresher=uas");
  Fields session = with_session("90;refresher=uac");
  session.in = call;
  const MessageId update = s.trace.at(68100ms).to_device(primary).request("UPDATE", session);
  s.trace.at(68110ms).from_device(primary).response(
      200, {.headers = {{"Session-Expires", "90;refresher=uac"}}, .to = update});
  s.trace.ends(110s);
}

/// 422 with Min-SE 120; the next try asks for `session`, in this call with this CSeq.
std::function<void(Setting)> too_small(std::string session, std::string call_id,
                                       std::uint32_t cseq) {
  return [=](Setting s) {
    booted(s.trace);
    s.trace.at(5s).dial();
    s.trace.at(5s).from_device(primary).request(
        "INVITE", {.cseq = 1, .call_id = "one", .headers = {{"Session-Expires", "90"}}});
    s.trace.at(5010ms).to_device(primary).response(422, {.headers = {{"Min-SE", "120"}}});
    s.trace.at(5020ms).from_device(primary).request("ACK");
    if (!session.empty())
      s.trace.at(5020ms).from_device(primary).request(
          "INVITE", {.cseq = cseq, .call_id = call_id, .headers = {{"Session-Expires", session}}});
    s.trace.ends(60s);
  };
}

/// The user gives up after the 422, and calls somebody else.
void calls_somebody_else(Setting s) {
  too_small("", "one", 2)(s);
  s.trace.at(6s).hang_up();
  s.trace.at(8s).dial("1003");
  s.trace.at(8s).from_device(primary).request(
      "INVITE", {.number = "1003", .call_id = "two", .headers = {{"Session-Expires", "90"}}});
}

/// The refresh 45 s after the answer draws `status`, or nothing; BYE so long after it, if at all.
std::function<void(Setting)> refresh_fails(int status, std::optional<Duration> bye, bool moves) {
  return [=](Setting s) {
    const MessageId call = timed_call(s, "90;refresher=uac");
    const MessageId refresh = reinvite(s, call, 53s, with_session("90;refresher=uac"));
    if (status > 0) s.trace.at(53010ms).to_device(primary).response(status, {.to = refresh});
    if (moves) s.trace.at(85s).from_device(secondary).request("INVITE", {.in = call});
    if (bye) s.trace.at(53s + *bye).from_device(primary).request("BYE", {.in = call});
  };
}

void no_timer(Setting s) {
  const MessageId call = call_up(s, false);
  s.trace.at(60s).hang_up();
  s.trace.at(60s).from_device(primary).request("BYE", {.in = call});
  s.trace.ends(120s);
}

/// T-7, s36: session interval, half of it, and when a session that nobody refreshes is ended.
struct Row {
  std::string name;
  std::string interval;
  Duration half;
  Duration end;
};

const Row table_7[] = {
    {"se_90", "90", 45s, 60s},     {"se_120", "120", 60s, 88s},      {"se_180", "180", 90s, 148s},
    {"se_600", "600", 300s, 568s}, {"se_1800", "1800", 900s, 1768s},
};

std::vector<Case> table_cases() {
  std::vector<Case> cases;
  for (const Row& row : table_7) {
    const auto long_enough = [](const std::function<void(Setting)>& write) {
      return [write](Setting s) {
        write(s);
        s.trace.ends(2000s);
      };
    };
    cases.push_back({row.name, "RFC4028-01", Verdict::pass,
                     long_enough(refreshed(row.interval + ";refresher=uac", row.half))});
    cases.push_back({row.name + "_at_the_other_side_s_time", "RFC4028-01",
                     warns(fmt::format("a session of {}: {}", format_duration(2 * row.half),
                                       format_seconds(row.end)),
                           {6, 8}),
                     long_enough(refreshed(row.interval + ";refresher=uac", row.end))});
    cases.push_back({row.name, "RFC4028-02", Verdict::pass,
                     long_enough(ended(row.interval + ";refresher=uas", row.end))});
  }
  return cases;
}

}  // namespace rfc4028_10_sessions

std::vector<Case> rfc4028_10_sessions_cases() {
  using namespace rfc4028_10_sessions;
  std::vector<Case> all = table_cases();
  for (Case& one : std::vector<Case>{
           {"never", "RFC4028-01", needs("a call whose session timer the device has to refresh"),
            no_timer},
           {"no_such_setting", "RFC4028-01",
            not_applicable("the device has no setting session_timer"), no_such_setting},
           {"far_end_does", "RFC4028-01",
            needs("a call whose session timer the device has to refresh"),
            ended("90;refresher=uas", 60s)},
           {"far_end_changes_first", "RFC4028-01", Verdict::pass, changed_by_the_far_end},
           {"updated_early", "RFC4028-01", Verdict::pass, updated_early},
           {"refreshed_at_the_last_moment", "RFC4028-02",
            needs("a call whose session timer the far end has to refresh"),
            refreshed_at_the_last_moment},
           {"too_late", "RFC4028-02",
            warns("a session of 90s that nobody refreshed: 95.000 s", {6, 8}),
            ended("90;refresher=uas", 95s)},
           {"never_ended", "RFC4028-02", warns("that nobody refreshed went on", {6}),
            ended("90;refresher=uas", {})},
           {"hung_up_before", "RFC4028-02",
            needs("a call whose session timer the far end has to refresh"),
            ended("90;refresher=uas", 30s, true)},
           {"refreshed", "RFC4028-02",
            needs("a call whose session timer the far end has to refresh"),
            refreshed_by_the_far_end},
           {"no_timer", "RFC4028-02",
            needs("a call whose session timer the far end has to refresh"), no_timer},
           {"asks_for_more", "RFC4028-03", Verdict::pass, too_small("120", "one", 2)},
           {"insists", "RFC4028-03", fails("asks for 90 s after a 422", {5, 8}),
            too_small("90", "one", 2)},
           {"another_call", "RFC4028-03", fails("is not the same call, one CSeq higher", {5, 8}),
            too_small("120", "two", 1)},
           {"skips_a_number", "RFC4028-03", fails("is not the same call, one CSeq higher", {5, 8}),
            too_small("120", "one", 3)},
           {"calls_somebody_else", "RFC4028-03",
            needs("an INVITE that gets 422 and is tried again"), calls_somebody_else},
           {"does_not_try_again", "RFC4028-03", needs("an INVITE that gets 422 and is tried again"),
            too_small("", "one", 2)},
           {"silence_and_bye", "RFC4028-04", Verdict::pass, refresh_fails(0, 32s, false)},
           {"lost_and_bye", "RFC4028-04", Verdict::pass, refresh_fails(481, 20ms, false)},
           {"lost_and_kept", "RFC4028-04", warns("no BYE after a failed refresh", {8}),
            refresh_fails(481, {}, false)},
           {"lost_and_kept_at_the_server", "RFC4028-04",
            inconclusive("failed refresh; but the capture was not taken at the device", {8}),
            [](Setting s) {
              refresh_fails(481, {}, false)(s);
              s.trace.vantage(trace::Vantage::server);
            }},
           {"moved", "RFC4028-04", warns("INVITE went to the secondary", {8, 9}),
            refresh_fails(0, 33s, true)},
           {"no_timer", "RFC4028-04",
            needs("a refresh of the device that gets 481, 408 or nothing"), no_timer},
       })
    all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
