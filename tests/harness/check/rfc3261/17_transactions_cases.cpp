#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_17_transactions {

using Offsets = std::vector<Duration>;

const Offsets timer_a = {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms};
const Offsets capped_timer_a = {500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms};
const Offsets timer_e = {500ms,   1500ms,  3500ms,  7500ms,  11500ms,
                         15500ms, 19500ms, 23500ms, 27500ms, 31500ms};
const Offsets uncapped_timer_e = {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms};

/// `method` to a silent primary, sent again at these offsets; the capture goes on until 60 s.
std::function<void(Setting)> sent_at(std::string method, Offsets offsets) {
  return [=](Setting s) {
    s.trace.at(0s).silent(primary);
    const auto first = s.trace.at(1s).from_device(primary).request(method);
    s.trace.retransmissions(first, offsets);
    s.trace.ends(60s);
  };
}

/// The same, each on a branch of its own.
std::function<void(Setting)> split_at(std::string method, Offsets offsets) {
  return [=](Setting s) {
    s.trace.at(0s).silent(primary);
    Offsets all = offsets;
    all.insert(all.begin(), Duration::zero());
    for (const Duration offset : all)
      s.trace.at(1s + offset)
          .from_device(primary)
          .request(method, {.cseq = 1, .call_id = "one@call", .from_tag = "1234abcd"});
    s.trace.ends(60s);
  };
}

std::function<void(Setting)> seen_at(trace::Vantage vantage,
                                     const std::function<void(Setting)>& write) {
  return [=](Setting s) {
    write(s);
    s.trace.vantage(vantage);
  };
}

Offsets with(Offsets offsets, Duration more) {
  offsets.push_back(more);
  return offsets;
}

Offsets shifted_from(Offsets offsets, std::size_t index, Duration by) {
  for (std::size_t i = index; i < offsets.size(); ++i) offsets[i] += by;
  return offsets;
}

void answered_at_once(Setting s) {
  registrations(s.trace, 100s);
  s.trace.complete_call(primary, 7s);
}

/// The same in a foreign capture that began long before, of a device whose profile does not say its
/// timers.
std::function<void(Setting)> without_timers(std::string method, Offsets offsets) {
  return [=](Setting s) {
    s.profile.knows_timers = false;
    s.trace.at(0s).to_device(primary).request("NOTIFY");
    s.trace.retransmissions(s.trace.at(30s).from_device(primary).request(method), offsets);
    s.trace.ends(90s);
    s.trace.without_journal();
  };
}

std::vector<Case> unknown_timer_cases() {
  return {
      {"by_another_t1", "RFC3261-TIMER-A",
       inconclusive("as by a T1 of 1.000 s; T1 is not known: say --profile", {2, 3, 4}),
       without_timers("INVITE", {1s, 3s})},
      {"by_another_t1", "RFC3261-TIMER-E",
       inconclusive("as by a T1 of 2.000 s; T1 is not known: say --profile", {2, 3, 4, 5}),
       without_timers("REGISTER", {2s, 6s, 10s})},
      {"by_another_t2", "RFC3261-TIMER-E",
       inconclusive("as by a T2 of 8.000 s; T2 is not known: say --profile", frames(2, 8)),
       without_timers("REGISTER", {500ms, 1500ms, 3500ms, 7500ms, 15500ms, 23500ms})},
      {"by_another_t1_and_t2", "RFC3261-TIMER-E",
       inconclusive("as by a T1 of 1.000 s and a T2 of 2.000 s; they are not known", frames(2, 6)),
       without_timers("REGISTER", {1s, 3s, 5s, 7s})},
      {"by_no_t2_that_is_offered", "RFC3261-TIMER-E",
       fails("transmission 6 after the one before: 6.000 s", {6, 7}),
       without_timers("REGISTER", {500ms, 1500ms, 3500ms, 7500ms, 13500ms, 19500ms})},
      {"by_no_t1_at_all", "RFC3261-TIMER-A",
       fails("transmission 6 after the one before: 4.000 s", {6, 7}),
       without_timers("INVITE", capped_timer_a)},
      {"set_to_fewer", "RFC3261-TIMER-E",
       inconclusive("3 transmissions before the timeout, 11 expected; but max_request_retries",
                    {2, 3, 4}),
       without_timers("REGISTER", {500ms, 1500ms})},
  };
}

std::vector<Case> interval_cases() {
  return {
      {"doubles", "RFC3261-TIMER-A", Verdict::pass, sent_at("INVITE", timer_a)},
      {"trap_1_capped_at_t2", "RFC3261-TIMER-A",
       fails("transmission 6 after the one before: 4.000 s", {5, 6}),
       sent_at("INVITE", capped_timer_a)},
      {"begun_before_the_capture", "RFC3261-TIMER-A", needs("an INVITE without response"),
       foreign(sent_at("INVITE", {4s, 12s, 28s}))},
      {"begun_before_the_capture", "RFC3261-TIMER-E",
       needs("a non-INVITE request without response"), foreign(sent_at("REGISTER", {4s, 8s, 12s}))},
      {"begun_in_a_foreign_capture", "RFC3261-TIMER-E",
       fails("transmission 6 after the one before: 8.000 s", {5, 6}),
       foreign(sent_at("REGISTER", uncapped_timer_e))},
      {"one_copy_missing", "RFC3261-TIMER-A",
       fails("transmission 6 after the one before: 24.000 s", {5, 6}),
       sent_at("INVITE", {500ms, 1500ms, 3500ms, 7500ms, 31500ms})},
      {"stops_too_soon", "RFC3261-TIMER-A",
       fails("4 transmissions before the timeout", {1, 2, 3, 4}),
       sent_at("INVITE", {500ms, 1500ms, 3500ms})},
      {"late_within_tolerance", "RFC3261-TIMER-A", Verdict::pass,
       sent_at("INVITE", shifted_from(timer_a, 2, 39ms))},
      {"later_than_tolerance", "RFC3261-TIMER-A",
       fails("transmission 4 after the one before: 2.041 s", {3, 4}),
       sent_at("INVITE", shifted_from(timer_a, 2, 41ms))},
      {"earlier_than_half_the_tolerance", "RFC3261-TIMER-A",
       fails("transmission 4 after the one before: 1.979 s", {3, 4}),
       sent_at("INVITE", shifted_from(timer_a, 2, -21ms))},
      {"answered", "RFC3261-TIMER-A", needs("an INVITE without response"), answered_at_once},
      {"capped", "RFC3261-TIMER-E", Verdict::pass, sent_at("REGISTER", timer_e)},
      {"trap_1_never_capped", "RFC3261-TIMER-E",
       fails("transmission 6 after the one before: 8.000 s", {5, 6}),
       sent_at("REGISTER", uncapped_timer_e)},
      {"options_too", "RFC3261-TIMER-E", Verdict::pass, sent_at("OPTIONS", timer_e)},
      {"answered", "RFC3261-TIMER-E", needs("a non-INVITE request without response"),
       answered_at_once},
      {"host_was_late", "RFC3261-TIMER-E", inconclusive("the host was 0.5000 s late", {1, 2}),
       [](Setting s) {
         sent_at("REGISTER", timer_e)(s);
         s.trace.at(40s).entry(journal::Lag{500ms});
       }},
  };
}

std::vector<Case> ending_cases() {
  return {
      {"ends_at_64_t1", "RFC3261-TIMER-B", Verdict::pass, sent_at("INVITE", timer_a)},
      {"goes_on", "RFC3261-TIMER-B", warns("still sent 36.000 s after", frames(1, 8)),
       sent_at("INVITE", with(timer_a, 36s))},
      {"answered", "RFC3261-TIMER-B", needs("a request without response for 64 x T1"),
       answered_at_once},
      {"acknowledges_nothing", "RFC3261-TIMER-B",
       fails("ACK for an INVITE that was never answered", frames(1, 7)),
       [](Setting s) {
         s.trace.at(0s).silent(primary);
         const auto invite =
             s.trace.at(1s).from_device(primary).request("INVITE", {.branch = "z9hG4bKquiet00"});
         s.trace.retransmissions(invite, timer_a);
         s.trace.at(34s).from_device(primary).request("ACK",
                                                      {.branch = "z9hG4bKquiet00", .in = invite});
         s.trace.ends(60s);
       }},
      {"early_leaver", "RFC3261-TIMER-B", not_applicable("leaves early"),
       [](Setting s) {
         s.profile.max_request_retries = 2;
         sent_at("INVITE", timer_a)(s);
       }},
      {"ends_at_64_t1", "RFC3261-TIMER-F", Verdict::pass, sent_at("REGISTER", timer_e)},
      {"goes_on", "RFC3261-TIMER-F", warns("still sent 35.500 s after", frames(1, 12)),
       sent_at("REGISTER", with(timer_e, 35500ms))},
      {"answered", "RFC3261-TIMER-F", needs("a request without response for 64 x T1"),
       answered_at_once},
      {"same_bytes", "RFC3261-TX-BYTEID", Verdict::pass, sent_at("INVITE", timer_a)},
      {"other_bytes", "RFC3261-TX-BYTEID", fails("differs from the original", {1, 2}),
       [](Setting s) {
         s.trace.at(1s).from_device(primary).request(
             "OPTIONS", {.cseq = 5, .branch = "z9hG4bKsame0000", .call_id = "o@x"});
         s.trace.at(1500ms).from_device(primary).request(
             "OPTIONS", {.cseq = 5, .branch = "z9hG4bKsame0000", .call_id = "o@x", .body = "more"});
       }},
      {"a_branch_each", "RFC3261-TX-BYTEID",
       fails("7 INVITEs with the same CSeq, each with a branch of its own", frames(1, 7)),
       split_at("INVITE", timer_a)},
      {"a_branch_each_wherever_captured", "RFC3261-TX-BYTEID",
       fails("3 REGISTERs with the same CSeq, each with a branch of its own", {1, 2, 3}),
       seen_at(trace::Vantage::unknown, split_at("REGISTER", {500ms, 1500ms}))},
      {"a_branch_each_in_a_foreign_capture", "RFC3261-TX-BYTEID",
       fails("11 SUBSCRIBEs with the same CSeq, each with a branch of its own", frames(1, 11)),
       foreign(split_at("SUBSCRIBE", timer_e))},
      {"a_second_branch", "RFC3261-TX-BYTEID",
       fails("2 SUBSCRIBEs with the same CSeq, each with a branch of its own", {1, 2}),
       split_at("SUBSCRIBE", {500ms})},
      {"a_second_branch_seen_at_the_server", "RFC3261-TX-BYTEID",
       inconclusive("2 INVITEs with the same CSeq, each with a branch of its own; but", {1, 2}),
       seen_at(trace::Vantage::server, split_at("INVITE", {500ms}))},
      {"another_branch_after_its_timeout", "RFC3261-TX-BYTEID",
       needs("a request that was sent again"), split_at("INVITE", {33s})},
      {"nothing_repeated", "RFC3261-TX-BYTEID", needs("a request that was sent again"),
       answered_at_once},
  };
}

}  // namespace rfc3261_17_transactions

std::vector<Case> rfc3261_17_transactions_cases() {
  using namespace rfc3261_17_transactions;
  std::vector<Case> all = interval_cases();
  for (const auto more : {unknown_timer_cases, ending_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
