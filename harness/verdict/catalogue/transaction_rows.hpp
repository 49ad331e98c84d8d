#pragma once
// Rows on transactions of both sides: what is repeated, when, and how it ends.
// @source RFC 3261 §13.2, §13.3, §17; RFC 6026

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array transaction_rows{
    Requirement{"RFC3261-TX-BYTEID", "RFC 3261 §17.1.1.2, §17.1.2.2", Severity::must,
                "A retransmission is the same message again.",
                "All transmissions of one client transaction over UDP are identical byte for byte.",
                ""},
    Requirement{
        "RFC3261-TIMER-A", "RFC 3261 §17.1.1.2", Severity::must,
        "Over UDP an INVITE without a response is resent after T1 and then at intervals that "
        "double, without the cap of T2.",
        "The intervals between transmissions are T1, 2*T1, 4*T1 up to 32*T1: seven transmissions "
        "if nothing is heard until timer B.",
        "profile: timer"},
    Requirement{"RFC3261-TIMER-B", "RFC 3261 §17.1.1.2", Severity::should,
                "An INVITE transaction without a response ends 64*T1 after its start, without ACK.",
                "No message with the branch of that INVITE is sent later than 64*T1 after the "
                "first transmission, and no ACK at all.",
                "profile: timer"},
    Requirement{
        "RFC3261-TIMER-E", "RFC 3261 §17.1.2.2", Severity::must,
        "Over UDP any other request without a response is resent after T1 and then at intervals "
        "that double up to T2.",
        "The intervals between transmissions are T1, 2*T1, 4*T1 and so on, none above T2: eleven "
        "transmissions for 0.5 s and 4 s.",
        "profile: timer"},
    Requirement{"RFC3261-TIMER-F", "RFC 3261 §17.1.2.2", Severity::should,
                "A transaction other than INVITE without a final response ends 64*T1 after its "
                "start, also after a provisional response.",
                "No message with the branch of that request is sent later than 64*T1 after the "
                "first transmission.",
                "profile: timer"},
    Requirement{
        "RFC6026-02", "RFC 3261 §18.1.2; RFC 6026 §8.3", Severity::must,
        "A response that matches no transaction any more has no effect but what resolves it.",
        "A response of the primary after Timer B neither ends nor cancels the call that has "
        "moved to the secondary.",
        "policy: 2 s"},
};

}  // namespace sipharness::verdict::catalogue
