#pragma once
// Cases of the check tests: a trace written as text, the requirement it is judged by, and the
// finding it must give: the verdict and, unless that is a pass, the reason.
//
//   {"at_once", id, Verdict::pass, waits(100, 10ms)},
//   {"too_late", id, fails("after the first provisional response: 600 ms", {7, 9}),
//    waits(100, 600ms)},
//   {"no_call", id, needs("a call that was hung up"), no_call},

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/check/checks.hpp"
#include "harness/scenario/profile.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/verdict/finding.hpp"
#include "tests/support/trace_builder.hpp"

namespace sipharness::check_tests {

using test_support::Fields;
using test_support::MessageId;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using verdict::Verdict;

/// What a test may change before judging.
struct Setting {
  TraceBuilder& trace;
  scenario::Profile& profile;
  scenario::Scenario& scenario;
};

using Frames = std::vector<std::uint32_t>;

/// What the worst instance of a finding must be. Whatever is no pass holds its reason: words of it
/// that no other branch of the check writes, and every frame that is cited.
struct Expected {
  Expected(Verdict given) : verdict(given) {}
  Expected(Verdict given, std::string words, Frames cited)
      : verdict(given), words(std::move(words)), frames(std::move(cited)) {}

  Verdict verdict;
  std::string words;
  Frames frames;
};

// Where a finding cites no frame, because it is about what was not sent, that is said: `{}`.
Expected fails(std::string words, Frames frames);
Expected warns(std::string words, Frames frames);
Expected info(std::string words, Frames frames);
Expected inconclusive(std::string words, Frames frames = {});
Expected not_applicable(std::string words);
/// Not exercised: the beginning of what had to come true for it to be judged.
Expected needs(std::string_view precondition);

/// From `first` to `last`.
Frames frames(std::uint32_t first, std::uint32_t last);

struct Case {
  std::string name;
  std::string_view requirement;
  Expected expected;
  std::function<void(Setting)> write;
};

/// The reference profile: Register Expiration 2 min, Reregister before 20 s, claims the guide.
scenario::Profile test_profile();

/// The findings on all devices of a trace, device by device.
std::vector<verdict::Finding> judge_trace(const trace::Trace& trace,
                                          const scenario::Profile& profile,
                                          const check::JudgeOptions& options);

/// Judges one case; the scenario names the case's requirement.
verdict::Finding judge(const Case& one);
/// The same with this builder, which then knows the frames. Of a trace with a bystander it gives
/// the finding on the other phone.
verdict::Finding judge(const Case& one, TraceBuilder& builder);

// The cases of one family each, in the file of the name that its rules have in harness/check.
std::vector<Case> rfc3261_8_merged_cases();
std::vector<Case> rfc3261_8_own_responses_cases();
std::vector<Case> rfc3261_8_requests_cases();
std::vector<Case> rfc3261_8_responses_cases();
std::vector<Case> rfc3261_9_cancel_cases();
std::vector<Case> rfc3261_10_answers_cases();
std::vector<Case> rfc3261_10_register_cases();
std::vector<Case> rfc3261_12_dialogs_cases();
std::vector<Case> rfc3261_12_requests_cases();
std::vector<Case> rfc3261_13_acknowledgements_cases();
std::vector<Case> rfc3261_13_answers_cases();
std::vector<Case> rfc3261_14_modifications_cases();
std::vector<Case> rfc3261_17_invite_cases();
std::vector<Case> rfc3261_17_non_invite_cases();
std::vector<Case> rfc3261_17_server_cases();
std::vector<Case> rfc3261_17_transactions_cases();
std::vector<Case> rfc3261_18_size_cases();
std::vector<Case> rfc3261_19_tags_cases();
std::vector<Case> rfc3261_22_authentication_cases();
std::vector<Case> rfc3262_4_reliability_cases();
std::vector<Case> rfc3263_4_failover_cases();
std::vector<Case> rfc3581_4_ports_cases();
std::vector<Case> rfc3608_service_route_cases();
std::vector<Case> rfc3842_3_message_waiting_cases();
std::vector<Case> rfc4028_10_sessions_cases();
std::vector<Case> rfc6665_4_subscription_cases();
std::vector<Case> rfc7616_3_digest_cases();
std::vector<Case> guide_authentication_cases();
std::vector<Case> guide_calls_cases();
std::vector<Case> guide_configuration_cases();
std::vector<Case> guide_incoming_cases();
std::vector<Case> guide_registration_cases();
std::vector<Case> guide_subscription_cases();
std::vector<Case> failover_answers_cases();
std::vector<Case> failover_detection_cases();
std::vector<Case> failover_late_cases();
std::vector<Case> failover_legs_cases();
std::vector<Case> failover_midcall_cases();
std::vector<Case> failover_recovery_cases();
std::vector<Case> failover_return_cases();
std::vector<Case> failover_streams_cases();
std::vector<Case> failover_transport_cases();
std::vector<Case> always_told_cases();
// Situations that concern many families.
std::vector<Case> field_cases();
std::vector<Case> misdirected_cases();
std::vector<Case> time_table_cases();
std::vector<Case> trap_cases();
std::vector<Case> unseen_cases();
std::vector<Case> withheld_media_cases();

std::vector<Case> all_cases();

/// `listed`, then every `period` up to `last`: rows of the time tables.
std::vector<Duration> and_then_every(std::vector<Duration> listed, Duration period, Duration last);

// Situations that several families start from.
/// The same, seen in a capture of somebody else's.
std::function<void(Setting)> foreign(const std::function<void(Setting)>& write);
/// Both registered at 0 s for 120 s, refreshed every 100 s until `until` (a multiple of 100 s).
void registrations(TraceBuilder& trace, Duration until);
/// Booted at 0 s, registered at both for 120 s.
void booted(TraceBuilder& trace);
/// A REGISTER and its retransmissions by Timer E, unanswered.
void silent_register(TraceBuilder& trace, trace::ServerRole server, Duration at);
/// Registered at both; the primary silent from 5 s; a call at 7 s falls back at 39 s and ends at 50
/// s.
void fallback(TraceBuilder& trace);

}  // namespace sipharness::check_tests
