// Cases of registrations after a server was lost.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace {

void healthy(Setting s) {
  registrations(s.trace, 100s);
}

/// The primary is out from 30 s to 250 s; the device is back there at `back`.
std::function<void(Setting)> back_at(Duration back) {
  return [back](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(30s).silent(primary);
    silent_register(s.trace, primary, 100s);
    s.trace.at(250s).answering(primary);
    if (back > 0s) s.trace.registration(primary, back, 120s);
    s.trace.ends(600s);
  };
}

/// Both are out from 30 s to 250 s; the device is back at both at `back`.
std::function<void(Setting)> both_back_at(Duration back) {
  return [back](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    for (const auto server : {primary, secondary}) {
      s.trace.at(30s).silent(server);
      s.trace.at(250s).answering(server);
      s.trace.registration(server, back, 120s);
    }
    s.trace.ends(back + 100s);
  };
}

/// The primary forgets at 60 s; the device registers there again at `back`.
std::function<void(Setting)> forgotten(Duration back, int status = 200) {
  return [back, status](Setting s) {
    s.trace.healthy_registrations(0s, 120s);
    s.trace.at(60s).forget_bindings(primary);
    s.trace.at(back).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.at(back + 20ms).to_device(primary).response(status, {.expires = 120s});
    s.trace.ends(200s);
  };
}

/// After such a loss the primary brings a call at 110 s, which gets this response.
std::function<void(Setting)> called_after_reboot(int status) {
  return [status](Setting s) {
    forgotten(100s)(s);
    s.trace.at(110s).to_device(primary).request("INVITE");
    s.trace.at(110100ms).from_device(primary).response(status);
  };
}

/// Seven attempts at the closed primary, `wait` apart, each told by ICMP after 1 ms.
std::function<void(Setting)> refused_every(Duration wait) {
  return [wait](Setting s) {
    s.trace.at(0s).close_port(primary);
    for (int i = 0; i < 7; ++i) {
      const auto sent =
          s.trace.at(1s + i * wait).from_device(primary).request("REGISTER", {.expires = 120s});
      s.trace.at(1001ms + i * wait).icmp(sent);
    }
    s.trace.ends(10s + 7 * wait);
  };
}

}  // namespace

std::vector<Case> failover_recovery_cases() {
  return {
      {"soon", "FO-BACK-02", Verdict::pass, back_at(300s)},
      {"late", "FO-BACK-02", Verdict::warn, back_at(400s)},
      {"hopelessly_late", "FO-BACK-02", Verdict::fail, back_at(500s)},
      {"never", "FO-BACK-02", Verdict::warn, back_at(0s)},
      {"no_outage", "FO-BACK-02", Verdict::inconclusive, healthy},
      {"both_soon", "FO-BOTH-02", Verdict::pass, both_back_at(300s)},
      {"both_late", "FO-BOTH-02", Verdict::warn, both_back_at(340s)},
      {"both_hopelessly_late", "FO-BOTH-02", Verdict::fail, both_back_at(400s)},
      {"only_one_was_out", "FO-BOTH-02", Verdict::inconclusive, back_at(300s)},
      {"restored_in_time", "RFC3261-REG-18", Verdict::pass, forgotten(100s)},
      {"restored_after_the_lapse", "RFC3261-REG-18", Verdict::warn, forgotten(150s)},
      {"refused_after_the_reboot", "RFC3261-REG-18", Verdict::warn, forgotten(100s, 403)},
      {"nothing_forgotten", "RFC3261-REG-18", Verdict::inconclusive, healthy},
      {"call_comes_through", "FO-REBOOT", Verdict::pass, called_after_reboot(180)},
      {"call_is_refused", "FO-REBOOT", Verdict::warn, called_after_reboot(480)},
      {"no_call_after_the_reboot", "FO-REBOOT", Verdict::inconclusive, forgotten(100s)},
      {"patient", "FO-HERD-01", Verdict::pass, refused_every(20s)},
      {"hammers", "FO-HERD-01", Verdict::warn, refused_every(1s)},
      {"too_few_failures", "FO-HERD-01", Verdict::inconclusive, healthy},
      {"fixed_wait", "FO-HERD-02", Verdict::info, refused_every(20s)},
      {"too_few_waits", "FO-HERD-02", Verdict::inconclusive, healthy},
      {"margin_shorter_than_timer_f", "FO-DET-LAPSE", Verdict::info, healthy},
      {"no_register", "FO-DET-LAPSE", Verdict::inconclusive,
       [](Setting s) { s.trace.complete_call(primary, 1s); }},
  };
}

}  // namespace sipharness::check_tests
