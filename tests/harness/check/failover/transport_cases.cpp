#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace failover_transport {

/// Called at 7 s; the INVITE draws ICMP at once; the call reaches the secondary `moved` later.
std::function<void(Setting)> told_by_icmp(std::optional<Duration> moved,
                                          std::vector<Duration> repeats = {}) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    s.trace.at(5s).close_port(primary);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(7001ms).icmp(invite);
    s.trace.retransmissions(invite, repeats);
    if (moved) s.trace.complete_call(secondary, 7001ms + *moved);
    s.trace.ends(90s);
  };
}

/// A REGISTER that draws ICMP, repeated at these offsets.
std::function<void(Setting)> register_told(std::vector<Duration> repeats) {
  return [=](Setting s) {
    s.trace.at(0s).close_port(primary);
    const auto asked = s.trace.at(1s).from_device(primary).request("REGISTER");
    s.trace.at(1001ms).icmp(asked);
    s.trace.retransmissions(asked, repeats);
    s.trace.ends(60s);
  };
}

void healthy(Setting s) {
  registrations(s.trace, 0s);
  s.trace.complete_call(primary, 7s);
}

/// A call to a silent primary whose INVITE is repeated until 45 s, and which moves then or never.
std::function<void(Setting)> repeated_past_the_timeout(bool moved) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    s.trace.at(5s).silent(primary);
    s.trace.at(7s).dial();
    const auto invite = s.trace.silent_invite(primary, 7s);
    s.trace.retransmissions(invite, {38s});
    if (moved) s.trace.complete_call(secondary, 39s);
    s.trace.ends(90s);
  };
}

/// A call that leaves the silent primary 3.5 s after its INVITE, which it repeated twice.
std::function<void(Setting)> left_early(std::optional<int> retries) {
  return [=](Setting s) {
    s.profile.max_request_retries = retries;
    registrations(s.trace, 0s);
    s.trace.at(5s).silent(primary);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.retransmissions(invite, {500ms, 1500ms});
    s.trace.complete_call(secondary, 10500ms);
    s.trace.ends(60s);
  };
}

}  // namespace failover_transport

std::vector<Case> failover_transport_cases() {
  using namespace failover_transport;
  return {
      {"silence_moves_the_call", "RFC3261-GEN-10", Verdict::pass,
       [](Setting s) { fallback(s.trace); }},
      {"silence_ends_the_call", "RFC3261-GEN-10", Verdict::pass,
       [](Setting s) {
         registrations(s.trace, 0s);
         s.trace.at(5s).silent(primary);
         s.trace.at(7s).dial();
         s.trace.silent_invite(primary, 7s);
         s.trace.ends(90s);
       }},
      {"silence_counts_for_nothing", "RFC3261-GEN-10",
       fails("INVITE still repeated 6.000 s after the timeout", {5, 12}),
       repeated_past_the_timeout(false)},
      {"moved_and_repeated", "RFC3261-GEN-10", Verdict::pass, repeated_past_the_timeout(true)},
      {"icmp_moves_the_call", "RFC3261-GEN-10", Verdict::pass, told_by_icmp(10ms)},
      {"icmp_ends_the_call", "RFC3261-GEN-10", fails("the call ended at a transport error", {5}),
       told_by_icmp({})},
      {"icmp_ends_the_call_of_any_phone", "RFC3261-GEN-10",
       needs("a call that ends at the primary"),
       [](Setting s) {
         s.profile.vendor_claims.clear();
         told_by_icmp({})(s);
       }},
      {"icmp_was_not_noticed", "RFC3261-GEN-10", needs("a call that ends at the primary"),
       told_by_icmp({}, {500ms, 1500ms})},
      {"left_after_its_maximum_of_retries", "RFC3261-GEN-10", Verdict::pass, left_early(2)},
      {"left_early_all_by_itself", "RFC3261-GEN-10", needs("a call that ends at the primary"),
       left_early({})},
      {"answered", "RFC3261-GEN-10", needs("a call that ends at the primary"), healthy},
      {"at_once", "FO-ICMP", Verdict::pass, told_by_icmp(10ms)},
      {"a_second_later", "FO-ICMP", warns("after the ICMP error: 1.000 s", {5, 7}),
       told_by_icmp(1s)},
      {"runs_to_timer_b", "FO-ICMP", warns("after the ICMP error: 31.999 s", {5, 13}),
       told_by_icmp(31999ms, {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms})},
      {"never", "FO-ICMP", warns("the ICMP error moved nothing", {5}), told_by_icmp({})},
      {"hung_up", "FO-ICMP", needs("an ICMP error for an INVITE or a REGISTER"),
       [](Setting s) {
         told_by_icmp({})(s);
         s.trace.at(7050ms).hang_up();
       }},
      {"register_ended", "FO-ICMP", Verdict::pass, register_told({})},
      {"register_repeated", "FO-ICMP", warns("REGISTER still repeated 3.499 s", {1, 3, 4, 5}),
       register_told({500ms, 1500ms, 3500ms})},
      {"answered", "FO-ICMP", needs("an ICMP error for an INVITE or a REGISTER"), healthy},
  };
}

}  // namespace sipharness::check_tests
