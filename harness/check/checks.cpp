#include "harness/check/checks.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/assert.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::check {
namespace {

std::size_t catalogue_position(std::string_view requirement) {
  const verdict::Requirement* row = verdict::find_requirement(requirement);
  SIPHARNESS_ASSERT(row != nullptr, requirement, TimePoint{});
  return static_cast<std::size_t>(row - verdict::requirements().data());
}

std::vector<Rule> gather() {
  std::vector<Rule> all;
  for (const auto& family :
       {rfc3261_9_cancel_rules(), rfc3261_22_authentication_rules(), rfc7616_digest_rules(),
        rfc6665_subscription_rules(), rfc3842_message_waiting_rules(), rfc4028_session_rules()})
    all.insert(all.end(), family.begin(), family.end());
  for (const auto& family : {guide_configuration_checks(),
                             guide_registration_checks(),
                             guide_call_checks(),
                             guide_authentication_checks(),
                             rfc3261_10_register_checks(),
                             rfc3261_10_answer_checks(),
                             rfc3261_8_request_checks(),
                             rfc3261_17_transaction_checks(),
                             rfc3261_17_non_invite_checks(),
                             rfc3261_18_size_checks(),
                             rfc3261_19_tag_checks(),
                             failover_transport_checks(),
                             failover_stream_checks(),
                             rfc3263_4_failover_checks(),
                             guide_subscription_checks(),
                             failover_detection_checks(),
                             failover_leg_checks(),
                             failover_answer_checks(),
                             failover_late_checks(),
                             failover_return_checks(),
                             failover_recovery_checks(),
                             rfc3261_17_server_checks(),
                             rfc3261_13_answer_checks(),
                             rfc3261_12_dialog_checks(),
                             guide_incoming_checks(),
                             rfc3581_port_checks(),
                             rfc3261_8_response_checks(),
                             rfc3261_13_acknowledgement_checks(),
                             rfc3261_12_request_checks(),
                             rfc3261_17_invite_checks(),
                             rfc3261_14_modification_checks(),
                             failover_midcall_checks(),
                             always_told_checks()})
    for (const Check& check : family)
      all.push_back({.row = *verdict::find_requirement(check.requirement), .judge = check.judge});
  std::ranges::sort(all, {}, [](const Rule& rule) { return catalogue_position(rule.row.id); });
  return all;
}

/// By requirement, then by phone.
std::vector<verdict::Finding> in_catalogue_order(
    std::vector<std::vector<verdict::Finding>>&& by_phone) {
  std::vector<verdict::Finding> findings;
  const std::size_t rows = by_phone.empty() ? 0 : by_phone.front().size();
  for (std::size_t row = 0; row < rows; ++row)
    for (std::vector<verdict::Finding>& of_phone : by_phone)
      findings.push_back(std::move(of_phone[row]));
  return findings;
}

bool is_wanted(const JudgeOptions& options, std::string_view requirement) {
  return options.only.empty() || std::ranges::find(options.only, requirement) != options.only.end();
}

}  // namespace

std::span<const Rule> rules() {
  static const std::vector<Rule> all = gather();
  return all;
}

std::vector<verdict::Finding> judge_phone(const Phone& phone, const JudgeOptions& options) {
  std::vector<verdict::Finding> findings;
  for (const Rule& rule : rules())
    if (is_wanted(options, rule.row.id)) findings.push_back(finding_of(rule, phone));
  return findings;
}

std::vector<verdict::Finding> judge_trace(const trace::Trace& trace,
                                          const scenario::Profile& profile,
                                          const JudgeOptions& options) {
  const JournalFacts journal(trace);
  std::vector<std::vector<verdict::Finding>> by_phone;
  const std::size_t devices = std::max<std::size_t>(trace.devices.size(), 1);
  for (std::size_t device = 0; device < devices; ++device) {
    if (!trace.devices.empty() && !trace.devices[device].under_test) continue;
    by_phone.push_back(judge_phone({trace, journal, profile, options.scenario, device}, options));
  }
  return in_catalogue_order(std::move(by_phone));
}

}  // namespace sipharness::check
