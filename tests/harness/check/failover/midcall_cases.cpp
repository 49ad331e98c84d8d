#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {
namespace failover_midcall {

/// The primary dies at 30 s in a call; the refresh at 100 s fails; BYE at `bye`.
std::function<void(Setting)> registration_lost(Duration bye, bool by_user) {
  return [=](Setting s) {
    const MessageId call = call_up(s, false);
    s.trace.at(30s).silent(primary);
    silent_register(s.trace, primary, 100s);
    if (by_user) s.trace.at(bye).hang_up();
    s.trace.at(bye).from_device(primary).request("BYE", {.in = call});
    s.trace.ends(200s);
  };
}

void tells_the_secondary_too(Setting s) {
  const MessageId call = hung_up(s, timer_e);
  s.trace.at(72s).from_device(secondary).request("BYE", {.in = call});
}

/// The primary is silent from 30 s or never; the BYE at 40 s goes to the secondary, which knows
/// nothing of the call.
std::function<void(Setting)> hangs_up_at_the_secondary(bool primary_is_out) {
  return [=](Setting s) {
    const MessageId call = call_up(s, false);
    if (primary_is_out) s.trace.at(30s).silent(primary);
    s.trace.at(40s).hang_up();
    const auto bye = s.trace.at(40s).from_device(secondary).request(
        "BYE", {.uri = "sip:1002@127.0.0.11:5070", .in = call});
    s.trace.at(40010ms).to_device(secondary).response(481, {.to = bye});
    s.trace.ends(120s);
  };
}

constexpr auto at_the_secondary = "sip:1002@127.0.0.12:5080";

/// The far end's Contact, in the primary's 200, names the secondary; what the device sends in the
/// call goes there, and draws nothing.
std::function<void(Setting)> follows_the_contact(std::string_view method) {
  return [=](Setting s) {
    const MessageId call = call_up(s, false, {.contact = at_the_secondary});
    const Fields in_call{.uri = at_the_secondary, .in = call};
    for (const auto server : {primary, secondary}) s.trace.at(30s).silent(server);
    const auto first = s.trace.at(40s).from_device(secondary).request(method, in_call);
    if (method == "BYE") s.trace.retransmissions(first, timer_e);
    if (method == "INVITE") s.trace.at(72s).from_device(secondary).request("BYE", in_call);
    s.trace.ends(120s);
  };
}

std::function<void(Setting)> changed_into_silence(std::optional<Duration> bye, bool moves) {
  return [=](Setting s) {
    const MessageId call = call_up(s, false);
    s.trace.at(15s).silent(primary);
    reinvite(s, call, 20s);
    if (bye) s.trace.at(20s + *bye).from_device(primary).request("BYE", {.in = call});
    if (moves) s.trace.at(52s).from_device(secondary).request("INVITE", {.in = call});
    s.trace.ends(120s);
  };
}

std::vector<Case> lost_server_cases() {
  Offsets too_few = timer_e;
  too_few.resize(4);
  return {
      {"outlives_it", "FO-MID-01", Verdict::pass, registration_lost(150s, true)},
      {"ends_with_it", "FO-MID-01", warns("BYE of the device", {19}),
       registration_lost(132s, false)},
      {"hung_up_meanwhile", "FO-MID-01",
       needs("a call during which the registration at its server is lost"),
       registration_lost(110s, true)},
      {"nobody_knows_who_hung_up", "FO-MID-01",
       needs("a call during which the registration at its server is lost"),
       [](Setting s) {
         registration_lost(132s, false)(s);
         s.trace.without_journal();
       }},
      {"registered_all_the_time", "FO-MID-01",
       needs("a call during which the registration at its server is lost"), hung_up_in_peace},
      {"into_silence", "FO-MID-02", Verdict::pass, into_silence(timer_e)},
      {"given_up_soon", "FO-MID-02", fails("BYE sent 5 times into silence", frames(8, 12)),
       into_silence(too_few)},
      {"tells_the_secondary_too", "FO-MID-02", fails("went to the secondary", {19}),
       tells_the_secondary_too},
      {"follows_the_contact", "FO-MID-02", Verdict::pass, follows_the_contact("BYE")},
      {"hangs_up_at_the_secondary", "FO-MID-02",
       fails("BYE of a call over the primary went to the secondary", {8}),
       hangs_up_at_the_secondary(true)},
      {"hangs_up_astray_in_peace", "FO-MID-02",
       needs("a hang-up while the call's server is silent"), hangs_up_at_the_secondary(false)},
      {"answered", "FO-MID-02", needs("a hang-up while the call's server is silent"),
       hung_up_in_peace},
  };
}

std::vector<Case> change_cases() {
  return {
      {"ended", "FO-MID-03", Verdict::pass, changed_into_silence(32s, false)},
      {"kept", "FO-MID-03", warns("no BYE ended the call", {8}), changed_into_silence({}, false)},
      {"kept_at_the_server", "FO-MID-03",
       inconclusive("no BYE ended the call; but the capture was not taken at the device", {8}),
       [](Setting s) {
         changed_into_silence({}, false)(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"moved", "FO-MID-03", warns("INVITE of the call went to the secondary", {8, 10}),
       changed_into_silence(32s, true)},
      {"follows_the_contact", "FO-MID-03", Verdict::pass, follows_the_contact("INVITE")},
      {"never_changed", "FO-MID-03", needs("a re-INVITE or UPDATE of the device that gets nothing"),
       hung_up_in_peace},
  };
}

}  // namespace failover_midcall

std::vector<Case> failover_midcall_cases() {
  using namespace failover_midcall;
  std::vector<Case> all = lost_server_cases();
  for (Case& one : change_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
