#pragma once
// The rows of the deviations, in the files and folders of the rules that they break: a family here
// is the family of that name in harness/check. A new one is one line here and one in deviation.cpp.

#include <span>

#include "harness/dut/reference_ua/deviation.hpp"

/// The enumerator and its name, as a row begins.
#define SIPHARNESS_DEVIATION(id) Deviation::id, #id

namespace sipharness::dut {

std::span<const DeviationRow> rfc3261_8_merged_deviations();
std::span<const DeviationRow> rfc3261_8_own_responses_deviations();
std::span<const DeviationRow> rfc3261_8_requests_deviations();
std::span<const DeviationRow> rfc3261_8_responses_deviations();
std::span<const DeviationRow> rfc3261_9_cancel_deviations();
std::span<const DeviationRow> rfc3261_10_answers_deviations();
std::span<const DeviationRow> rfc3261_10_register_deviations();
std::span<const DeviationRow> rfc3261_12_dialogs_deviations();
std::span<const DeviationRow> rfc3261_12_requests_deviations();
std::span<const DeviationRow> rfc3261_13_acknowledgements_deviations();
std::span<const DeviationRow> rfc3261_13_answers_deviations();
std::span<const DeviationRow> rfc3261_14_modifications_deviations();
std::span<const DeviationRow> rfc3261_17_invite_deviations();
std::span<const DeviationRow> rfc3261_17_non_invite_deviations();
std::span<const DeviationRow> rfc3261_17_server_deviations();
std::span<const DeviationRow> rfc3261_17_transactions_deviations();
std::span<const DeviationRow> rfc3261_18_size_deviations();
std::span<const DeviationRow> rfc3261_19_tags_deviations();
std::span<const DeviationRow> rfc3261_22_authentication_deviations();
std::span<const DeviationRow> rfc3262_4_reliability_deviations();
std::span<const DeviationRow> rfc3263_4_failover_deviations();
std::span<const DeviationRow> rfc3581_4_ports_deviations();
std::span<const DeviationRow> rfc3608_service_route_deviations();
std::span<const DeviationRow> rfc3842_3_message_waiting_deviations();
std::span<const DeviationRow> rfc4028_10_sessions_deviations();
std::span<const DeviationRow> rfc6665_4_subscription_deviations();
std::span<const DeviationRow> rfc7616_3_digest_deviations();
std::span<const DeviationRow> guide_authentication_deviations();
std::span<const DeviationRow> guide_calls_deviations();
std::span<const DeviationRow> guide_configuration_deviations();
std::span<const DeviationRow> guide_incoming_deviations();
std::span<const DeviationRow> guide_registration_deviations();
std::span<const DeviationRow> guide_subscription_deviations();
std::span<const DeviationRow> failover_answers_deviations();
std::span<const DeviationRow> failover_detection_deviations();
std::span<const DeviationRow> failover_late_deviations();
std::span<const DeviationRow> failover_legs_deviations();
std::span<const DeviationRow> failover_midcall_deviations();
std::span<const DeviationRow> failover_recovery_deviations();
std::span<const DeviationRow> failover_return_deviations();
std::span<const DeviationRow> failover_streams_deviations();
std::span<const DeviationRow> failover_transport_deviations();
std::span<const DeviationRow> always_told_deviations();

}  // namespace sipharness::dut
