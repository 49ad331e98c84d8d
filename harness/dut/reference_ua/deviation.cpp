#include "harness/dut/reference_ua/deviation.hpp"

#include <algorithm>

#include "harness/dut/reference_ua/deviations/families.hpp"

namespace sipharness::dut {
namespace {

std::vector<DeviationRow> gather() {
  std::vector<DeviationRow> all;
  for (const auto& family : {rfc3261_8_merged_deviations(),
                             rfc3261_8_own_responses_deviations(),
                             rfc3261_8_requests_deviations(),
                             rfc3261_8_responses_deviations(),
                             rfc3261_9_cancel_deviations(),
                             rfc3261_10_answers_deviations(),
                             rfc3261_10_register_deviations(),
                             rfc3261_12_dialogs_deviations(),
                             rfc3261_12_requests_deviations(),
                             rfc3261_13_acknowledgements_deviations(),
                             rfc3261_13_answers_deviations(),
                             rfc3261_14_modifications_deviations(),
                             rfc3261_17_invite_deviations(),
                             rfc3261_17_non_invite_deviations(),
                             rfc3261_17_server_deviations(),
                             rfc3261_17_transactions_deviations(),
                             rfc3261_18_size_deviations(),
                             rfc3261_19_tags_deviations(),
                             rfc3261_22_authentication_deviations(),
                             rfc3262_4_reliability_deviations(),
                             rfc3263_4_failover_deviations(),
                             rfc3581_4_ports_deviations(),
                             rfc3608_service_route_deviations(),
                             rfc3842_3_message_waiting_deviations(),
                             rfc4028_10_sessions_deviations(),
                             rfc6665_4_subscription_deviations(),
                             rfc7616_3_digest_deviations(),
                             guide_authentication_deviations(),
                             guide_calls_deviations(),
                             guide_configuration_deviations(),
                             guide_incoming_deviations(),
                             guide_registration_deviations(),
                             guide_subscription_deviations(),
                             failover_answers_deviations(),
                             failover_detection_deviations(),
                             failover_late_deviations(),
                             failover_legs_deviations(),
                             failover_midcall_deviations(),
                             failover_recovery_deviations(),
                             failover_return_deviations(),
                             failover_streams_deviations(),
                             failover_transport_deviations(),
                             always_told_deviations()})
    all.insert(all.end(), family.begin(), family.end());
  std::ranges::sort(all, {}, &DeviationRow::id);
  return all;
}

}  // namespace

std::span<const DeviationRow> deviations() {
  static const std::vector<DeviationRow> table = gather();
  return table;
}

const DeviationRow* find_deviation(std::string_view name) {
  const auto row = std::ranges::find(deviations(), name, &DeviationRow::name);
  return row == deviations().end() ? nullptr : &*row;
}

}  // namespace sipharness::dut
