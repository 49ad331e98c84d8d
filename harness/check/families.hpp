#pragma once
// The families of checks, one file each; a new family is one line here and one in checks.cpp.

#include <span>

#include "harness/check/rule.hpp"

namespace sipharness::check {

std::span<const Rule> rfc3261_9_cancel_rules();  // RFC 3261 §9.1
std::span<const Rule> rfc3261_22_authentication_rules();  // RFC 3261 §22
std::span<const Rule> rfc7616_digest_rules();             // RFC 7616 §3
std::span<const Rule> rfc6665_subscription_rules();       // RFC 6665 §4.1
std::span<const Rule> rfc3842_message_waiting_rules();    // RFC 3842 §3
std::span<const Rule> rfc4028_session_rules();            // RFC 4028

std::span<const Check> guide_configuration_checks();        // guide, Configuration, steps 2 and 3
std::span<const Check> guide_registration_checks();         // guide, Configuration and Case 1
std::span<const Check> guide_call_checks();                 // guide, Cases 1 and 2
std::span<const Check> guide_authentication_checks();       // guide, last note
std::span<const Check> rfc3261_10_register_checks();        // RFC 3261 §10
std::span<const Check> rfc3261_10_answer_checks();          // RFC 3261 §10: the answers
std::span<const Check> rfc3261_8_request_checks();          // RFC 3261 §8.1.1
std::span<const Check> rfc3261_17_transaction_checks();     // RFC 3261 §17.1
std::span<const Check> rfc3261_17_non_invite_checks();      // RFC 3261 §17.1.2
std::span<const Check> rfc3261_18_size_checks();            // RFC 3261 §18.1.1
std::span<const Check> rfc3261_19_tag_checks();             // RFC 3261 §19.3
std::span<const Check> failover_transport_checks();         // what ICMP and RST say
std::span<const Check> failover_stream_checks();            // what TCP does and does not say
std::span<const Check> rfc3581_port_checks();               // RFC 3581 §3, §4
std::span<const Check> rfc3263_4_failover_checks();         // RFC 3263 §4.3
std::span<const Check> guide_subscription_checks();         // guide, SIP Server Redundancy
std::span<const Check> failover_detection_checks();         // how a loss is noticed, and when
std::span<const Check> failover_leg_checks();               // one call, two servers
std::span<const Check> failover_answer_checks();            // which answers move a call
std::span<const Check> failover_late_checks();              // answers after the call has moved on
std::span<const Check> failover_return_checks();            // the way back, total loss, lossy links
std::span<const Check> failover_recovery_checks();          // registrations after a loss
std::span<const Check> always_told_checks();                // in every run
std::span<const Check> guide_incoming_checks();             // guide, Case 2: receiving calls
std::span<const Check> rfc3261_17_server_checks();          // RFC 3261 §17.2
std::span<const Check> rfc3261_13_answer_checks();          // RFC 3261 §13.3; RFC 6026 §7
std::span<const Check> rfc3261_14_modification_checks();    // RFC 3261 §14.1
std::span<const Check> failover_midcall_checks();           // a call whose server is lost
std::span<const Check> rfc3261_12_dialog_checks();          // RFC 3261 §12.2, §14.1, §15
std::span<const Check> rfc3261_8_response_checks();         // RFC 3261 §8.1.3, §18.1.2
std::span<const Check> rfc3261_12_request_checks();         // RFC 3261 §12.2.1.1
std::span<const Check> rfc3261_13_acknowledgement_checks();  // RFC 3261 §13.2.2.4
std::span<const Check> rfc3261_17_invite_checks();           // RFC 3261 §17.1.1, answered

}  // namespace sipharness::check
