// Non-INVITE transactions with a provisional response or a late copy; Timer F after a provisional
// response is judged here too.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_17_non_invite {

using Offsets = std::vector<Duration>;

/// A REGISTER sent at these offsets from 1 s on, with a 100 at `provisional`.
std::function<void(Setting)> tried(Duration provisional, Offsets offsets) {
  return [=](Setting s) {
    const auto first = s.trace.at(1s).from_device(primary).request("REGISTER");
    s.trace.retransmissions(first, offsets);
    s.trace.at(1s + provisional).to_device(primary).response(100, {.to = first});
    s.trace.ends(60s);
  };
}

/// Table T-3 of the catalogue, and the same for other timers: the transmission that was armed comes
/// at its time, then one every T2.
struct Row {
  std::string_view name;
  sip::Timers timers;
  Duration provisional;
  Offsets offsets;
};

const std::vector<Row> rows = {
    {"t1_500ms_t2_4s_at_200ms",
     {500ms, 4s, 5s},
     200ms,
     {500ms, 4500ms, 8500ms, 12500ms, 16500ms, 20500ms, 24500ms, 28500ms}},
    {"t1_500ms_t2_4s_at_700ms",
     {500ms, 4s, 5s},
     700ms,
     {500ms, 1500ms, 5500ms, 9500ms, 13500ms, 17500ms, 21500ms, 25500ms, 29500ms}},
    {"t1_500ms_t2_4s_at_2s",
     {500ms, 4s, 5s},
     2s,
     {500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms, 23500ms, 27500ms, 31500ms}},
    {"t1_500ms_t2_2s_at_200ms",
     {500ms, 2s, 5s},
     200ms,
     {500ms, 2500ms, 4500ms, 6500ms, 8500ms, 10500ms, 12500ms, 14500ms, 16500ms, 18500ms, 20500ms,
      22500ms, 24500ms, 26500ms, 28500ms, 30500ms}},
    {"t1_500ms_t2_8s_at_700ms", {500ms, 8s, 5s}, 700ms, {500ms, 1500ms, 9500ms, 17500ms, 25500ms}},
    {"t1_1s_t2_4s_at_700ms",
     {1s, 4s, 5s},
     700ms,
     {1s, 5s, 9s, 13s, 17s, 21s, 25s, 29s, 33s, 37s, 41s, 45s, 49s, 53s, 57s}},
    {"t1_2s_t2_4s_at_700ms",
     {2s, 4s, 5s},
     700ms,
     {2s, 6s, 10s, 14s, 18s, 22s, 26s, 30s, 34s, 38s, 42s, 46s, 50s, 54s, 58s}},
};

void registered_at_once(Setting s) {
  registrations(s.trace, 100s);
}

/// The 200 to a REGISTER comes again at these offsets; the device says something at `reaction`.
std::function<void(Setting)> answered_again(Offsets copies, std::optional<Duration> reaction) {
  return [=](Setting s) {
    const auto asked = s.trace.at(1s).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.at(1s).to_device(primary);
    const auto answer = s.trace.response(200, {.to = asked});
    s.trace.retransmissions(answer, copies);
    if (reaction)
      s.trace.at(1s + *reaction).from_device(primary).request("REGISTER", {.expires = 120s});
    s.trace.ends(30s);
  };
}

std::vector<Case> proceeding_cases() {
  std::vector<Case> all;
  for (const Row& row : rows)
    all.push_back({std::string(row.name), "RFC3261-TIMER-E-PROV", Verdict::pass, [row](Setting s) {
                     s.profile.timers = row.timers;
                     tried(row.provisional, row.offsets)(s);
                   }});
  const std::vector<Case> others = {
      {"falls_silent", "RFC3261-TIMER-E-PROV",
       fails("not sent again after its provisional response", {1, 2, 4}),
       tried(700ms, {500ms, 1500ms})},
      {"goes_on_doubling", "RFC3261-TIMER-E-PROV",
       fails("transmission 4 after the one before, in Proceeding: 2.000 s", {4, 5}),
       tried(700ms, {500ms, 1500ms, 3500ms, 7500ms, 11500ms})},
      {"begins_again_at_t1", "RFC3261-TIMER-E-PROV",
       fails("transmission 3 after the one before, in Proceeding: 0.700 s", {2, 4}),
       tried(700ms, {500ms, 1200ms, 2200ms, 4200ms})},
      {"drops_what_was_armed", "RFC3261-TIMER-E-PROV",
       fails("transmission 3 after the one before, in Proceeding: 4.200 s", {2, 4}),
       tried(700ms, {500ms, 4700ms, 8700ms})},
      {"answered_at_last", "RFC3261-TIMER-E-PROV", Verdict::pass,
       [](Setting s) {
         tried(700ms, {500ms, 1500ms, 5500ms})(s);
         s.trace.at(7s).to_device(primary).response(200, {.expires = 120s});
       }},
      {"shut_down_meanwhile", "RFC3261-TIMER-E-PROV", Verdict::pass,
       [](Setting s) {
         tried(700ms, {500ms, 1500ms, 5500ms})(s);
         s.trace.at(8s).action("shutdown");
       }},
      {"copy_lost_before_the_server", "RFC3261-TIMER-E-PROV",
       inconclusive("a transmission may have been lost on the way", {2, 4}),
       [](Setting s) {
         s.trace.vantage(trace::Vantage::server);
         tried(700ms, {500ms, 5500ms, 9500ms})(s);
       }},
      {"answered_at_once", "RFC3261-TIMER-E-PROV",
       needs("a non-INVITE request with nothing but a provisional response"), registered_at_once},
      {"also_after_a_provisional", "RFC3261-TIMER-F", Verdict::pass,
       tried(700ms, {500ms, 1500ms, 5500ms, 9500ms, 13500ms, 17500ms, 21500ms, 25500ms, 29500ms})},
      {"goes_on_after_a_provisional", "RFC3261-TIMER-F",
       warns("still sent 37.500 s after", {1, 2, 4, 5, 6, 7, 8}),
       tried(700ms, {500ms, 1500ms, 5500ms, 9500ms, 33500ms, 37500ms})},
  };
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

}  // namespace rfc3261_17_non_invite

std::vector<Case> rfc3261_17_non_invite_cases() {
  using namespace rfc3261_17_non_invite;
  std::vector<Case> all = proceeding_cases();
  const std::vector<Case> copies = {
      {"absorbed", "RFC3261-TIMER-K", Verdict::pass, answered_again({500ms, 2s}, {})},
      {"refresh_as_due", "RFC3261-TIMER-K", Verdict::pass, answered_again({500ms}, 20s)},
      {"registers_again", "RFC3261-TIMER-K",
       fails("after the answer to the last came again", {1, 4, 5}),
       answered_again({500ms, 2s}, 2010ms)},
      {"copy_after_t4", "RFC3261-TIMER-K", needs("a 2xx to a non-INVITE request"),
       answered_again({6s}, 6010ms)},
      {"came_once", "RFC3261-TIMER-K", needs("a 2xx to a non-INVITE request"), registered_at_once},
  };
  all.insert(all.end(), copies.begin(), copies.end());
  return all;
}

}  // namespace sipharness::check_tests
