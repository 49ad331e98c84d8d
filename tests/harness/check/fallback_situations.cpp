#include "tests/harness/check/fallback_situations.hpp"

namespace sipharness::check_tests {

void nobody_calls(Setting s) {
  registrations(s.trace, 100s);
}

void by_the_book(Setting s) {
  fallback(s.trace);
}

std::function<void(Setting)> leaves(std::vector<Duration> offsets, Duration second) {
  return [=](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(5s).silent(primary);
    s.trace.at(7s).dial();
    const auto invite = s.trace.at(7s).from_device(primary).request("INVITE");
    s.trace.retransmissions(invite, offsets);
    s.trace.complete_call(secondary, second);
    s.trace.ends(second + 30s);
  };
}

void never_tries_the_next(Setting s) {
  s.trace.healthy_registrations(0s, 120s);
  s.trace.at(5s).silent(primary);
  s.trace.at(7s).dial();
  s.trace.silent_invite(primary, 7s);
  s.trace.ends(80s);
}

}  // namespace sipharness::check_tests
