#include "harness/check/checks.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/base/parallel.hpp"
#include "harness/check/families.hpp"
#include "harness/check/follow.hpp"
#include "harness/check/not_applicable.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::check {
namespace {

std::vector<Rule> gather() {
  std::vector<Rule> all;
  for (const auto& family : {guide_authentication_rules(),
                             guide_call_rules(),
                             guide_configuration_rules(),
                             guide_incoming_rules(),
                             guide_refresh_rules(),
                             guide_registration_rules(),
                             guide_subscription_rules(),
                             rfc3261_8_merged_rules(),
                             rfc3261_8_own_response_rules(),
                             rfc3261_8_request_rules(),
                             rfc3261_8_response_rules(),
                             rfc3261_9_cancel_rules(),
                             rfc3261_10_answer_rules(),
                             rfc3261_10_register_rules(),
                             rfc3261_12_dialog_rules(),
                             rfc3261_12_request_rules(),
                             rfc3261_13_acknowledgement_rules(),
                             rfc3261_13_answer_rules(),
                             rfc3261_14_modification_rules(),
                             rfc3261_17_invite_rules(),
                             rfc3261_17_non_invite_rules(),
                             rfc3261_17_server_rules(),
                             rfc3261_17_transaction_rules(),
                             rfc3261_18_size_rules(),
                             rfc3261_19_tag_rules(),
                             rfc3261_22_authentication_rules(),
                             rfc3262_reliability_rules(),
                             rfc3263_failover_rules(),
                             rfc3581_port_rules(),
                             rfc3608_service_route_rules(),
                             rfc3842_message_waiting_rules(),
                             rfc4028_session_rules(),
                             rfc6665_subscription_rules(),
                             rfc7616_digest_rules(),
                             failover_answer_rules(),
                             failover_detection_rules(),
                             failover_late_rules(),
                             failover_leg_rules(),
                             failover_midcall_rules(),
                             failover_recovery_rules(),
                             failover_return_rules(),
                             failover_stream_rules(),
                             failover_transport_rules(),
                             always_told_rules()})
    all.insert(all.end(), family.begin(), family.end());
  for (Rule& rule : all) {
    rule.is_about_two_servers = is_about_two_servers(rule.row);
    rule.setting = setting_of(rule.row);
    rule.unexercised = not_applicable(std::string(not_exercised).append(rule.needs.what));
  }
  return all;
}

std::vector<const Rule*> wanted_rules(const JudgeOptions& options) {
  std::vector<const Rule*> wanted;
  for (const Rule& rule : rules())
    if (options.only.empty() || std::ranges::count(options.only, rule.row.id) > 0)
      wanted.push_back(&rule);
  return wanted;
}

/// Where nobody was seen, one phone that said nothing is judged.
std::vector<std::size_t> phones_under_test(const trace::Trace& trace) {
  if (trace.devices.empty()) return {0};
  std::vector<std::size_t> phones;
  for (std::size_t device = 0; device < trace.devices.size(); ++device)
    if (trace.devices[device].under_test) phones.push_back(device);
  return phones;
}

}  // namespace

std::span<const Rule> rules() {
  static const std::vector<Rule> all = gather();
  return all;
}

std::span<const verdict::Requirement* const> requirements() {
  static const std::vector<const verdict::Requirement*> all = [] {
    std::vector<const verdict::Requirement*> rows;
    for (const Rule& rule : rules()) rows.push_back(&rule.row);
    return rows;
  }();
  return all;
}

std::vector<std::string_view> requirement_ids() {
  std::vector<std::string_view> ids;
  for (const verdict::Requirement* row : requirements()) ids.push_back(row->id);
  return ids;
}

const verdict::Requirement* find_requirement(std::string_view id) {
  const auto row = std::ranges::find(requirements(), id, &verdict::Requirement::id);
  return row == requirements().end() ? nullptr : *row;
}

void judge_phones(const trace::Trace& trace, const scenario::Profile& profile,
                  const JudgeOptions& options, const TakeJudged& take) {
  const JournalFacts journal(trace);
  const std::vector<const Rule*> wanted = wanted_rules(options);
  const std::vector<std::size_t> phones = phones_under_test(trace);
  const std::size_t kept = verdict::instances_kept(phones.size());
  OneAtATime one_at_a_time;
  for_each_index(phones.size(), options.jobs, [&](std::size_t index) {
    const Phone phone(trace, journal, profile, options.scenario, phones[index]);
    // The next phone takes over the memory.
    thread_local std::vector<verdict::Finding> own;
    thread_local Collected collected;
    own.clear();
    collected.kept = kept;
    const std::string name(phone.name());
    for (const Rule* rule : wanted)
      own.emplace_back(&rule->row, name, instances_of(*rule, phone, collected));
    note_what_follows(wanted, own);
    for (verdict::Finding& finding : own) finding.instances.keep_first(kept);
    one_at_a_time([&] { take(phone, own); });
  });
}

}  // namespace sipharness::check
