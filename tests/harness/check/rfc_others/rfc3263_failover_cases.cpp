#include "tests/harness/check/fallback_situations.hpp"

namespace sipharness::check_tests {
namespace {

/// The primary refuses with 503 at 7.02 s; the secondary is tried `after` that.
std::function<void(Setting)> refused(Duration after) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.at(7020ms).to_device(primary).response(503, {.to = invite});
    s.trace.at(7021ms).from_device(primary).request("ACK", {.in = invite});
    s.trace.complete_call(secondary, 7020ms + after);
    s.trace.ends(60s);
  };
}

void same_branch(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).silent(primary);
  s.trace.at(7s).dial();
  const auto invite =
      s.trace.at(7s).from_device(primary).request("INVITE", {.branch = "z9hG4bKtwice000"});
  s.trace.retransmissions(invite, timer_a);
  s.trace.at(39s).from_device(secondary).request("INVITE", {.branch = "z9hG4bKtwice000"});
  s.trace.ends(60s);
}

}  // namespace

std::vector<Case> rfc3263_4_failover_cases() {
  return {
      {"by_timer_b", "RFC3263-01", Verdict::pass, by_the_book},
      {"after_503", "RFC3263-01", Verdict::pass, refused(10ms)},
      {"never", "RFC3263-01", warns("no next server after Timer B", {5}), never_tries_the_next},
      {"long_after_503", "RFC3263-01", warns("5.000 s after 503", {5, 8}), refused(5s)},
      {"same_branch", "RFC3263-01", warns("with the same branch", {5, 12}), same_branch},
      {"no_call", "RFC3263-01", needs("a call that fails at the primary"), no_call},
      {"own_branches", "RFC3263-03", Verdict::pass, by_the_book},
      {"same_branch", "RFC3263-03", fails("the same branch", {5, 12}), same_branch},
      {"no_call", "RFC3263-03", needs("a call with an INVITE at each server"), no_call},
  };
}

}  // namespace sipharness::check_tests
