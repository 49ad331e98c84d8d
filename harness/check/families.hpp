#pragma once
// The families of checks, one file each; a new family is one line here and one in checks.cpp. What
// every family is written with comes with it: rules, occurrences, the facts of calls, registrations
// and transactions, fmt, and the strings and containers of the standard.

#include <span>

#include "harness/check/rule.hpp"

namespace sipharness::check {

std::span<const Rule> guide_authentication_rules();  // guide, last note
std::span<const Rule> guide_call_rules();            // guide, Cases 1 and 2
std::span<const Rule> guide_configuration_rules();   // guide, Configuration, steps 2 and 3
std::span<const Rule> guide_incoming_rules();        // guide, Case 2: receiving calls
std::span<const Rule> guide_refresh_rules();         // guide, Configuration (Optional), Case 1
std::span<const Rule> guide_registration_rules();    // guide, Case 1 and Case 2
std::span<const Rule> guide_subscription_rules();    // guide, SIP Server Redundancy

std::span<const Rule> rfc3261_8_merged_rules();            // RFC 3261 §8.2.2.2
std::span<const Rule> rfc3261_8_own_response_rules();      // RFC 3261 §8.2.6.2, §18.2.2
std::span<const Rule> rfc3261_8_request_rules();           // RFC 3261 §8.1.1
std::span<const Rule> rfc3261_8_response_rules();          // RFC 3261 §8.1.3, §18.1.2
std::span<const Rule> rfc3261_9_cancel_rules();            // RFC 3261 §9.1
std::span<const Rule> rfc3261_10_answer_rules();           // RFC 3261 §10: the answers
std::span<const Rule> rfc3261_10_register_rules();         // RFC 3261 §10
std::span<const Rule> rfc3261_12_dialog_rules();           // RFC 3261 §12.2, §14.1, §15
std::span<const Rule> rfc3261_12_request_rules();          // RFC 3261 §12.2.1.1
std::span<const Rule> rfc3261_13_acknowledgement_rules();  // RFC 3261 §13.2.2.4
std::span<const Rule> rfc3261_13_answer_rules();           // RFC 3261 §13.3; RFC 6026 §7
std::span<const Rule> rfc3261_14_modification_rules();     // RFC 3261 §14.1
std::span<const Rule> rfc3261_17_invite_rules();           // RFC 3261 §17.1.1, answered
std::span<const Rule> rfc3261_17_non_invite_rules();       // RFC 3261 §17.1.2
std::span<const Rule> rfc3261_17_server_rules();           // RFC 3261 §17.2
std::span<const Rule> rfc3261_17_transaction_rules();      // RFC 3261 §17.1
std::span<const Rule> rfc3261_18_size_rules();             // RFC 3261 §18.1.1
std::span<const Rule> rfc3261_19_tag_rules();              // RFC 3261 §19.3
std::span<const Rule> rfc3261_22_authentication_rules();   // RFC 3261 §22

std::span<const Rule> rfc3262_reliability_rules();      // RFC 3262 §4
std::span<const Rule> rfc3263_failover_rules();         // RFC 3263 §4.3
std::span<const Rule> rfc3581_port_rules();             // RFC 3581 §3, §4
std::span<const Rule> rfc3608_service_route_rules();    // RFC 3608 §6.1
std::span<const Rule> rfc3842_message_waiting_rules();  // RFC 3842 §3
std::span<const Rule> rfc4028_session_rules();          // RFC 4028
std::span<const Rule> rfc6665_subscription_rules();     // RFC 6665 §4.1
std::span<const Rule> rfc7616_digest_rules();           // RFC 7616 §3

std::span<const Rule> failover_answer_rules();     // which answers move a call
std::span<const Rule> failover_detection_rules();  // how a loss is noticed, and when
std::span<const Rule> failover_late_rules();       // answers after the call has moved on
std::span<const Rule> failover_leg_rules();        // one call, two servers
std::span<const Rule> failover_midcall_rules();    // a call whose server is lost
std::span<const Rule> failover_recovery_rules();   // registrations after a loss
std::span<const Rule> failover_return_rules();     // the way back, total loss, lossy links
std::span<const Rule> failover_stream_rules();     // what TCP does and does not say
std::span<const Rule> failover_transport_rules();  // what ICMP and RST say

std::span<const Rule> always_told_rules();  // in every run

}  // namespace sipharness::check
