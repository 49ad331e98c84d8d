#include "tests/harness/check/judging.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "harness/observed/phone.hpp"

namespace sipharness::check_tests {

Expected fails(std::string words, Frames frames) {
  return {Verdict::fail, std::move(words), std::move(frames)};
}

Expected warns(std::string words, Frames frames) {
  return {Verdict::warn, std::move(words), std::move(frames)};
}

Expected info(std::string words, Frames frames) {
  return {Verdict::info, std::move(words), std::move(frames)};
}

Expected inconclusive(std::string words, Frames frames) {
  return {Verdict::inconclusive, std::move(words), std::move(frames)};
}

Expected not_applicable(std::string words) {
  return {Verdict::not_applicable, std::move(words), {}};
}

Expected needs(std::string_view precondition) {
  return inconclusive(fmt::format("not exercised: it needs {}", precondition));
}

Frames frames(std::uint32_t first, std::uint32_t last) {
  Frames all(last + 1 - first);
  std::iota(all.begin(), all.end(), first);
  return all;
}

scenario::Profile test_profile() {
  scenario::Profile profile;
  profile.vendor_claims = {"guide"};
  profile.register_expiration = 2min;
  profile.reregister_before = 20s;
  return profile;
}

std::vector<verdict::Finding> judge_trace(const trace::Trace& trace,
                                          const scenario::Profile& profile,
                                          const check::JudgeOptions& options) {
  std::vector<verdict::Finding> all;
  check::judge_phones(trace, profile, options,
                      [&all](const observed::Phone&, std::span<verdict::Finding> findings) {
                        std::ranges::move(findings, std::back_inserter(all));
                      });
  return all;
}

verdict::Finding judge(const Case& one) {
  TraceBuilder builder;
  return judge(one, builder);
}

verdict::Finding judge(const Case& one, TraceBuilder& builder) {
  scenario::Profile profile = test_profile();
  scenario::Scenario scenario;
  one.write({builder, profile, scenario});
  const trace::Trace trace = builder.build();
  scenario.expect.push_back({std::string(one.requirement), {}, {}});
  auto findings =
      judge_trace(trace, profile, {.scenario = &scenario, .only = {std::string(one.requirement)}});
  const auto own = std::ranges::find_if(
      findings, [](const verdict::Finding& finding) { return finding.device != "phone-1077"; });
  return std::move(*own);
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto family : {rfc3261_8_merged_cases,
                            rfc3261_8_own_responses_cases,
                            rfc3261_8_requests_cases,
                            rfc3261_8_responses_cases,
                            rfc3261_9_cancel_cases,
                            rfc3261_10_answers_cases,
                            rfc3261_10_register_cases,
                            rfc3261_12_dialogs_cases,
                            rfc3261_12_requests_cases,
                            rfc3261_13_acknowledgements_cases,
                            rfc3261_13_answers_cases,
                            rfc3261_14_modifications_cases,
                            rfc3261_17_invite_cases,
                            rfc3261_17_non_invite_cases,
                            rfc3261_17_server_cases,
                            rfc3261_17_transactions_cases,
                            rfc3261_18_size_cases,
                            rfc3261_19_tags_cases,
                            rfc3261_22_authentication_cases,
                            rfc3262_4_reliability_cases,
                            rfc3263_4_failover_cases,
                            rfc3581_4_ports_cases,
                            rfc3608_service_route_cases,
                            rfc3842_3_message_waiting_cases,
                            rfc4028_10_sessions_cases,
                            rfc6665_4_subscription_cases,
                            rfc7616_3_digest_cases,
                            guide_authentication_cases,
                            guide_calls_cases,
                            guide_configuration_cases,
                            guide_incoming_cases,
                            guide_registration_cases,
                            guide_subscription_cases,
                            failover_answers_cases,
                            failover_detection_cases,
                            failover_late_cases,
                            failover_legs_cases,
                            failover_midcall_cases,
                            failover_recovery_cases,
                            failover_return_cases,
                            failover_streams_cases,
                            failover_transport_cases,
                            always_told_cases,
                            field_cases,
                            misdirected_cases,
                            time_table_cases,
                            trap_cases,
                            unseen_cases,
                            withheld_media_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

void registrations(TraceBuilder& trace, Duration until) {
  for (Duration at{}; at <= until; at += 100s) trace.healthy_registrations(at, 120s);
}

std::vector<Duration> and_then_every(std::vector<Duration> listed, Duration period, Duration last) {
  while (listed.back() < last) listed.push_back(listed.back() + period);
  return listed;
}

void booted(TraceBuilder& trace) {
  trace.at(0s).action("boot");
  trace.healthy_registrations(10ms, 120s);
}

std::function<void(Setting)> foreign(const std::function<void(Setting)>& write) {
  return [=](Setting s) {
    write(s);
    s.trace.without_journal();
  };
}

void silent_register(TraceBuilder& trace, trace::ServerRole server, Duration at) {
  const auto sent = trace.at(at).from_device(server).request("REGISTER", {.expires = 120s});
  trace.retransmissions(
      sent, {500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms, 23500ms, 27500ms, 31500ms});
}

void fallback(TraceBuilder& trace) {
  trace.healthy_registrations(0s, 120s);
  trace.at(5s).silent(primary);
  trace.at(7s).dial();
  trace.silent_invite(primary, 7s);
  trace.complete_call(secondary, 39s);
  trace.ends(60s);
}

}  // namespace sipharness::check_tests
