#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {
namespace {

using Offsets = std::vector<Duration>;
using test_support::Fields;
using test_support::MessageId;

const Offsets timer_e = {500ms,   1500ms,  3500ms,  7500ms,  11500ms,
                         15500ms, 19500ms, 23500ms, 27500ms, 31500ms};

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

/// The primary dies at 30 s in a call; BYE at 40 s, again at these offsets.
MessageId hung_up(Setting s, const Offsets& copies) {
  const MessageId call = call_up(s, false);
  s.trace.at(30s).silent(primary);
  s.trace.at(40s).hang_up();
  const MessageId bye = s.trace.at(40s).from_device(primary).request("BYE", {.in = call});
  s.trace.retransmissions(bye, copies);
  s.trace.ends(120s);
  return call;
}

std::function<void(Setting)> into_silence(const Offsets& copies) {
  return [=](Setting s) { hung_up(s, copies); };
}

void tells_the_secondary_too(Setting s) {
  const MessageId call = hung_up(s, timer_e);
  s.trace.at(72s).from_device(secondary).request("BYE", {.in = call});
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

void hung_up_in_peace(Setting s) {
  const MessageId call = call_up(s, false);
  s.trace.at(40s).hang_up();
  const MessageId bye = s.trace.at(40s).from_device(primary).request("BYE", {.in = call});
  s.trace.at(40010ms).to_device(primary).response(200, {.to = bye});
  s.trace.ends(120s);
}

/// After a BYE into silence at 40 s something more.
std::function<void(Setting)> and_then(const std::function<void(Setting, MessageId)>& more) {
  return [=](Setting s) { more(s, hung_up(s, timer_e)); };
}

std::function<void(Setting)> dials_again(Duration invite) {
  return and_then([=](Setting s, MessageId) {
    s.trace.at(44s).dial("1003");
    s.trace.at(invite).from_device(primary).request("INVITE", {.number = "1003"});
  });
}

std::vector<Case> lost_server_cases() {
  Offsets too_few = timer_e;
  too_few.resize(4);
  return {
      {"outlives_it", "FO-MID-01", Verdict::pass, registration_lost(150s, true)},
      {"ends_with_it", "FO-MID-01", warns("BYE of the device", {}), registration_lost(132s, false)},
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
      {"moved", "FO-MID-03", warns("INVITE of the call went to the secondary", {8}),
       changed_into_silence(32s, true)},
      {"follows_the_contact", "FO-MID-03", Verdict::pass, follows_the_contact("INVITE")},
      {"never_changed", "FO-MID-03",
       needs("a re-INVITE or UPDATE of the device that draws nothing"), hung_up_in_peace},
  };
}

std::vector<Case> after_bye_cases() {
  return {
      {"answered", "RFC3261-BYE-01", Verdict::pass, hung_up_in_peace},
      {"into_silence", "RFC3261-BYE-01", Verdict::pass, into_silence(timer_e)},
      {"asks_once_more", "RFC3261-BYE-01",
       fails("UPDATE in a dialog that the device had ended",
             {8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19}),
       and_then([](Setting s, MessageId call) {
         s.trace.at(50s).from_device(primary).request("UPDATE", {.in = call});
       })},
      {"reports_on_a_transfer", "RFC3261-BYE-01", Verdict::pass,
       [](Setting s) {
         hung_up_in_peace(s);
         s.trace.at(45s).from_device(primary).request("NOTIFY");
       }},
      {"tries_a_refused_bye_again", "RFC3261-BYE-01", Verdict::pass,
       [](Setting s) {
         const MessageId call = call_up(s, false);
         s.trace.at(40s).hang_up();
         s.trace.at(40s).from_device(primary).request("BYE", {.in = call});
         s.trace.at(40010ms).to_device(primary).response(500);
         s.trace.at(42s).from_device(primary).request("BYE", {.in = call});
         s.trace.at(42010ms).to_device(primary).response(200);
         s.trace.ends(120s);
       }},
      {"next_call_at_once", "RFC3261-BYE-01", Verdict::pass, dials_again(44010ms)},
      {"next_call_waits", "RFC3261-BYE-01", warns("waited 28.000 s", frames(8, 18)),
       dials_again(72s)},
      {"still_talking", "RFC3261-BYE-01", needs("a call that the device ends with BYE"),
       [](Setting s) {
         call_up(s, false);
         s.trace.ends(60s);
       }},
  };
}

}  // namespace

std::vector<Case> failover_midcall_cases() {
  std::vector<Case> all = lost_server_cases();
  for (const auto more : {change_cases, after_bye_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
