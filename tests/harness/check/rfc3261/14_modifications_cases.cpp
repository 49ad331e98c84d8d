#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {
namespace rfc3261_14_modifications {

/// The device changes its call at 20 s; `end` writes what follows.
std::function<void(Setting)> changed(
    bool incoming, const std::function<void(Setting, MessageId, MessageId)>& end) {
  return [=](Setting s) {
    const MessageId call = call_up(s, incoming);
    s.trace.at(20s).action("hold");
    end(s, call, reinvite(s, call, 20s));
    s.trace.ends(120s);
  };
}

std::function<void(Setting)> refused(int status, std::optional<Duration> bye,
                                     bool by_user = false) {
  return changed(false, [=](Setting s, MessageId call, MessageId change) {
    s.trace.at(20010ms).to_device(primary).response(status, {.to = change});
    if (by_user) s.trace.at(20s + *bye).hang_up();
    if (bye) s.trace.at(20s + *bye).from_device(primary).request("BYE", {.in = call});
  });
}

std::function<void(Setting)> unanswered(std::optional<Duration> bye) {
  return changed(false, [=](Setting s, MessageId call, MessageId) {
    if (bye) s.trace.at(20s + *bye).from_device(primary).request("BYE", {.in = call});
  });
}

/// 491, and the change again so long after.
std::function<void(Setting)> glare(bool incoming, std::optional<Duration> wait) {
  return changed(incoming, [=](Setting s, MessageId call, MessageId change) {
    s.trace.at(20010ms).to_device(primary).response(491, {.to = change});
    if (wait) reinvite(s, call, 20s + *wait);
  });
}

void never_changed(Setting s) {
  call_up(s, false);
  s.trace.ends(60s);
}

}  // namespace rfc3261_14_modifications

std::vector<Case> rfc3261_14_modifications_cases() {
  using namespace rfc3261_14_modifications;
  return {
      {"unknown_and_ended", "RFC3261-DLG-01", Verdict::pass, refused(481, 100ms)},
      {"unknown_and_kept", "RFC3261-DLG-01", warns("no BYE ended it", {8}), refused(481, {})},
      {"unknown_and_kept_at_the_server", "RFC3261-DLG-01",
       inconclusive("no BYE ended it; but the capture was not taken at the device", {8}),
       [](Setting s) {
         refused(481, {})(s);
         s.trace.vantage(trace::Vantage::server);
       }},
      {"timeout_said_and_ended", "RFC3261-DLG-01", Verdict::pass, refused(408, 100ms)},
      {"silence_and_ended", "RFC3261-DLG-01", Verdict::pass, unanswered(32s)},
      {"silence_and_kept", "RFC3261-DLG-01", warns("no BYE ended it", {8}), unanswered({})},
      {"silence_and_ended_late", "RFC3261-DLG-01", warns("a BYE ended it 18.000 s later", {8, 9}),
       unanswered(50s)},
      {"never_changed", "RFC3261-DLG-01", needs("a re-INVITE or UPDATE of the device"),
       never_changed},
      {"kept", "RFC3261-DLG-02", Verdict::pass, refused(488, {})},
      {"kept_after_500", "RFC3261-DLG-02", Verdict::pass, refused(500, {})},
      {"ended", "RFC3261-DLG-02", fails("ended the session", {8}), refused(488, 100ms)},
      {"ended_much_later", "RFC3261-DLG-02", Verdict::pass, refused(488, 10s)},
      {"hung_up_just_then", "RFC3261-DLG-02", needs("a re-INVITE of the device that is refused"),
       refused(488, 100ms, true)},
      {"gone_for_good", "RFC3261-DLG-02", needs("a re-INVITE of the device that is refused"),
       refused(404, 100ms)},
      {"never_changed", "RFC3261-DLG-02", needs("a re-INVITE of the device that is refused"),
       never_changed},
      {"owner_waits", "RFC3261-DLG-03", Verdict::pass, glare(false, 3s)},
      {"owner_hurries", "RFC3261-DLG-03", warns("in a call it made: 0.990 s", {8, 10}),
       glare(false, 1s)},
      {"owner_dawdles", "RFC3261-DLG-03", warns("in a call it made: 4.990 s", {8, 10}),
       glare(false, 5s)},
      {"gives_up", "RFC3261-DLG-03", warns("was not tried again", {8}), glare(false, {})},
      {"far_end_changes_it_meanwhile", "RFC3261-DLG-03",
       needs("a re-INVITE of the device that gets 491"),
       changed(false,
               [](Setting s, MessageId call, MessageId change) {
                 s.trace.at(20010ms).to_device(primary).response(491, {.to = change});
                 s.trace.at(21s).to_device(primary).request("INVITE", {.in = call});
                 s.trace.at(21010ms).from_device(primary).response(200);
               })},
      {"other_side_hurries", "RFC3261-DLG-03", Verdict::pass, glare(true, 1s)},
      {"other_side_dawdles", "RFC3261-DLG-03", warns("in a call it received: 2.990 s", {8, 10}),
       glare(true, 3s)},
      {"never_changed", "RFC3261-DLG-03", needs("a re-INVITE of the device that gets 491"),
       never_changed},
  };
}

}  // namespace sipharness::check_tests
