#pragma once
// Rows that hold for every request a device sends, and the client transaction timers.
// @source RFC 3261 §8.1.1, §9.1, §17.1; RFC 3263 §4.3

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array request_rows{
    Requirement{"RFC3261-GEN-01", "RFC 3261 §8.1.1", Severity::must,
                "Every request carries To, From, CSeq, Call-ID, Max-Forwards and Via.",
                "Each of the six headers is present in every request from the device.", ""},
    Requirement{"RFC3261-GEN-02", "RFC 3261 §8.1.1.6", Severity::must,
                "Every request carries Max-Forwards, with the value 70.",
                "Max-Forwards is present in every request from the device; a value other than 70 "
                "is a warning.",
                ""},
    Requirement{"RFC3261-GEN-03", "RFC 3261 §8.1.1.7", Severity::must,
                "The branch of the topmost Via begins with z9hG4bK.",
                "The prefix, compared with case, of the branch in every request from the device.",
                ""},
    Requirement{
        "RFC3261-GEN-04", "RFC 3261 §8.1.1.7", Severity::must,
        "A branch is unique to its request; only CANCEL and the ACK to a non-2xx repeat it.",
        "Over the whole capture no branch is shared by two requests that differ in method, CSeq, "
        "Call-ID or destination; INVITE with its CANCEL and its ACK excepted.",
        ""},
    Requirement{
        "RFC3261-GEN-05", "RFC 3261 §8.1.1.7, §18.1.1", Severity::must,
        "The Via names the transport that was used and the address and port the device listens on.",
        "The Via of every request has the token of the transport it came over, and the device "
        "takes the responses that are sent to its sent-by.",
        ""},
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
    Requirement{"RFC3261-CANCEL-01", "RFC 3261 §9.1", Severity::must,
                "The device sends no CANCEL before a provisional response to the INVITE arrived, "
                "also when it leaves a silent primary for the secondary.",
                "Each CANCEL follows a 1xx on the branch of its INVITE.", ""},
    Requirement{"RFC3263-01", "RFC 3263 §4.3; RFC 3261 §8.1.2", Severity::should,
                "After a 503, a fatal transport error or a timeout without any response, the "
                "device sends the request with a new branch to the next server.",
                "After each such failure of the INVITE at the primary, an INVITE of the call with "
                "another branch reaches the secondary within fo_grace.",
                "profile: fo_grace"},
    Requirement{"RFC3263-03", "RFC 3261 §8.1.2", Severity::must,
                "Each try at another server is a new client transaction.",
                "The INVITE to the secondary has a branch of its own, and its retransmissions "
                "begin again at T1.",
                "profile: timer"},
};

}  // namespace sipharness::verdict::catalogue
