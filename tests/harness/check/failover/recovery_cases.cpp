// Cases of registrations after a server was lost.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace failover_recovery {

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

/// So many attempts at the closed primary, `wait` apart, each told by ICMP after 1 ms.
std::function<void(Setting)> refused_every(Duration wait, int attempts = 7) {
  return [=](Setting s) {
    s.trace.at(0s).close_port(primary);
    for (int i = 0; i < attempts; ++i) {
      const auto sent =
          s.trace.at(1s + i * wait).from_device(primary).request("REGISTER", {.expires = 120s});
      s.trace.at(1001ms + i * wait).icmp(sent);
    }
    s.trace.ends(10s + attempts * wait);
  };
}

/// What a request is and how it is refused.
struct Refusal {
  std::string method;
  int status = 404;
  Duration wait{};
  int count = 0;
};

/// Sent so often at the primary, and refused 10 ms later each time.
std::function<void(Setting)> refused(const Refusal& refusal, const Fields& fields = {}) {
  return [=](Setting s) {
    for (int i = 0; i < refusal.count; ++i) {
      const Duration at = 1s + i * refusal.wait;
      s.trace.at(at).from_device(primary).request(refusal.method, fields);
      s.trace.at(at + 10ms).to_device(primary).response(refusal.status);
    }
    s.trace.ends(10s + refusal.count * refusal.wait);
  };
}

/// Registers so often, every 4 s, and is granted as much each time.
std::function<void(Setting)> accepted(int count, std::chrono::seconds granted) {
  return [=](Setting s) {
    for (int i = 0; i < count; ++i) s.trace.registration(primary, 1s + i * 4s, granted);
    s.trace.ends(10s + count * 4s);
  };
}

/// Every second frame from the first one.
Frames requests_in(std::uint32_t count) {
  Frames found;
  for (std::uint32_t i = 0; i < count; ++i) found.push_back(1 + 2 * i);
  return found;
}

/// Calls to one after the other, each busy.
void calls_many(Setting s) {
  for (int i = 0; i < 20; ++i) {
    const Duration at = 1s + i * 500ms;
    s.trace.at(at).from_device(primary).request("INVITE", {.number = std::to_string(2000 + i)});
    s.trace.at(at + 10ms).to_device(primary).response(486);
  }
}

/// Digits are added one by one, and asked for each time.
void dials_digit_by_digit(Setting s) {
  std::string number = "2";
  for (int i = 0; i < 14; ++i, number += '0') {
    const Duration at = 1s + i * 400ms;
    s.trace.at(at).from_device(primary).request(
        "INVITE", {.uri = "sip:" + number + "@127.0.0.11:5070", .call_id = "overlap@phone"});
    s.trace.at(at + 10ms).to_device(primary).response(484);
  }
}

/// Sends a MESSAGE every 2 s to one who is not there: each line of the text.
std::function<void(Setting)> writes_to_nobody(const std::function<std::string(int)>& line) {
  return [=](Setting s) {
    for (int i = 0; i < 14; ++i) {
      const Duration at = 1s + i * 2s;
      s.trace.at(at).from_device(primary).request("MESSAGE",
                                                  {.body = line(i), .content_type = "text/plain"});
      s.trace.at(at + 10ms).to_device(primary).response(480);
    }
  };
}

std::vector<Case> repeat_cases() {
  constexpr auto id = "FO-HERD-03";
  const Fields watching{.headers = {{"Event", "message-summary"}}};
  return {
      {"subscribes_without_end", id,
       warns("14 SUBSCRIBEs in a row at the primary were refused with 404: 14 in a minute",
             requests_in(14)),
       refused({"SUBSCRIBE", 404, 50ms, 14}, watching)},
      {"answers_challenges_without_end", id,
       warns("20 REGISTERs in a row at the primary were refused with 401: 20 in a minute",
             requests_in(20)),
       refused({"REGISTER", 401, 1s, 20})},
      {"follows_a_redirect_in_a_circle", id,
       warns("13 INVITEs in a row at the primary were refused with 302: 13 in a minute",
             requests_in(13)),
       refused({"INVITE", 302, 20ms, 13})},
      {"registers_without_end", id,
       warns("14 REGISTERs in a row at the primary were accepted with 200: 14 in a minute",
             requests_in(14)),
       accepted(14, 120s)},
      {"renews_what_is_granted_for_seconds", id,
       needs("five requests of one kind in a row that are refused"), accepted(14, 8s)},
      {"renews_at_leisure", id, needs("five requests of one kind in a row that are refused"),
       accepted(12, 120s)},
      {"some_repairs", id, Verdict::pass, refused({"REGISTER", 401, 20ms, 5})},
      {"pauses", id, Verdict::pass, refused({"SUBSCRIBE", 404, 6s, 30}, watching)},
      {"keep_alives", id, Verdict::pass, refused({"OPTIONS", 404, 2s, 40})},
      {"waits_for_its_turn", id, needs("five requests of one kind in a row that are refused"),
       [](Setting s) {
         s.trace.complete_call(primary, 0s);
         refused({"UPDATE", 491, 100ms, 20})(s);
       }},
      {"calls_many", id, needs("five requests of one kind in a row that are refused"), calls_many},
      {"dials_digit_by_digit", id, needs("five requests of one kind in a row that are refused"),
       dials_digit_by_digit},
      {"writes_something_else_each_time", id,
       needs("five requests of one kind in a row that are refused"),
       writes_to_nobody([](int line) { return std::to_string(line); })},
      {"writes_the_same_without_end", id,
       warns("14 MESSAGEs in a row at the primary were refused with 480: 14 in a minute",
             requests_in(14)),
       writes_to_nobody([](int /*line*/) { return std::string("hello"); })},
      {"refused_once", id, needs("five requests of one kind in a row that are refused"),
       refused({"SUBSCRIBE", 404, 1s, 1}, watching)},
  };
}

std::vector<Case> return_cases() {
  return {
      {"soon", "FO-BACK-02", Verdict::pass, back_at(300s)},
      {"late", "FO-BACK-02", warns("after its return: 150.000 s", {16}), back_at(400s)},
      {"hopelessly_late", "FO-BACK-02", fails("after its return: 250.000 s", {16}), back_at(500s)},
      {"late_by_a_wait_that_nobody_said", "FO-BACK-02",
       inconclusive("but reg_retry_wait is not known: say --profile"),
       [](Setting s) {
         s.profile.reg_retry_wait.reset();
         back_at(400s)(s);
       }},
      {"never", "FO-BACK-02", warns("no REGISTER at the primary in the 350.000 s", {}),
       back_at(0s)},
      {"no_outage", "FO-BACK-02", needs("a primary that returns after an outage"), healthy},
      {"both_soon", "FO-BOTH-02", Verdict::pass, both_back_at(300s)},
      {"both_late", "FO-BOTH-02", warns("after its return: 90.000 s", {5}), both_back_at(340s)},
      {"both_hopelessly_late", "FO-BOTH-02", fails("after its return: 150.000 s", {5}),
       both_back_at(400s)},
      {"only_one_was_out", "FO-BOTH-02", needs("two servers that return after an outage of both"),
       back_at(300s)},
      {"restored_in_time", "RFC3261-REG-18", Verdict::pass, forgotten(100s)},
      {"restored_after_the_lapse", "RFC3261-REG-18",
       warns("restored after it was forgotten: 90.020 s", {5}), forgotten(150s)},
      {"refused_after_the_reboot", "RFC3261-REG-18",
       warns("at a server without memory failed", {5}), forgotten(100s, 403)},
      {"never_restored", "RFC3261-REG-18", warns("was not renewed in its time", {}),
       [](Setting s) {
         s.trace.healthy_registrations(0s, 120s);
         s.trace.at(60s).forget_bindings(primary);
         s.trace.ends(200s);
       }},
      {"nothing_forgotten", "RFC3261-REG-18", needs("a server that forgets a binding"), healthy},
      {"call_comes_through", "FO-REBOOT", Verdict::pass, called_after_reboot(180)},
      {"call_is_refused", "FO-REBOOT", warns("was not taken", {7}), called_after_reboot(480)},
      {"no_call_after_the_reboot", "FO-REBOOT", needs("a call from a server that forgot a binding"),
       forgotten(100s)},
      {"patient", "FO-HERD-01", Verdict::pass, refused_every(20s)},
      {"hammers", "FO-HERD-01", warns("7 failed attempts at the primary", {3}), refused_every(1s)},
      {"too_few_failures", "FO-HERD-01", needs("five failed attempts in a row at one server"),
       refused_every(1s, 4)},
      {"fixed_wait", "FO-HERD-02", info("20.0 s on average", {3}), refused_every(20s)},
      {"too_few_waits", "FO-HERD-02", needs("five failed attempts in a row at one server"),
       refused_every(20s, 4)},
      {"margin_shorter_than_timer_f", "FO-DET-LAPSE",
       info("Reregister before Expiration is 20s", {1}), healthy},
      {"no_register", "FO-DET-LAPSE", needs("a REGISTER"),
       [](Setting s) { s.trace.complete_call(primary, 1s); }},
  };
}

}  // namespace failover_recovery

std::vector<Case> failover_recovery_cases() {
  using namespace failover_recovery;
  std::vector<Case> all = return_cases();
  for (Case& one : repeat_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
