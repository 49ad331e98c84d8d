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
    Requirement{"RFC3261-TIMER-A-STOP", "RFC 3261 §17.1.1.2", Severity::should,
                "An INVITE that drew a provisional response is not sent again.",
                "No transmission later than 50 ms after the first 1xx, when another one would have "
                "been due while that stood.",
                "policy: 50 ms"},
    Requirement{"RFC3261-TIMER-B", "RFC 3261 §17.1.1.2", Severity::should,
                "An INVITE transaction without a response ends 64*T1 after its start, without ACK.",
                "No message with the branch of that INVITE is sent later than 64*T1 after the "
                "first transmission, and no ACK at all.",
                "profile: timer"},
    Requirement{"RFC3261-TIMER-B-REL", "RFC 3261 §17.1.1.2", Severity::must,
                "Over a stream an INVITE is sent once, and timer B ends it all the same.",
                "One transmission only; an INVITE without an answer, or a connection for one that "
                "never opens, is given up for the next server within 64*T1 and fo_grace.",
                "profile: fo_grace"},
    Requirement{"RFC3261-TIMER-D", "RFC 3261 §17.1.1.2; RFC 6026 §8.4", Severity::must,
                "Over UDP an error response to INVITE that comes again within 32 s is acknowledged "
                "again each time.",
                "As many ACKs on the branch of the INVITE as copies of the response that stand "
                "more than 50 ms apart.",
                "policy: 50 ms"},
    Requirement{
        "RFC3261-TIMER-E", "RFC 3261 §17.1.2.2", Severity::must,
        "Over UDP any other request without a response is resent after T1 and then at intervals "
        "that double up to T2.",
        "The intervals between transmissions are T1, 2*T1, 4*T1 and so on, none above T2: eleven "
        "transmissions for 0.5 s and 4 s.",
        "profile: timer"},
    Requirement{
        "RFC3261-TIMER-E-PROV", "RFC 3261 §17.1.2.1, §17.1.2.2", Severity::must,
        "After a provisional response a request other than INVITE is still resent, at intervals "
        "of T2.",
        "The transmission that was due when the provisional response came is sent at its time, "
        "and every further one T2 after it, until a final response or 64*T1.",
        "profile: timer"},
    Requirement{"RFC3261-TIMER-F", "RFC 3261 §17.1.2.2", Severity::should,
                "A transaction other than INVITE without a final response ends 64*T1 after its "
                "start, also after a provisional response.",
                "No message with the branch of that request is sent later than 64*T1 after the "
                "first transmission.",
                "profile: timer"},
    Requirement{
        "RFC3261-TIMER-K", "RFC 3261 §17.1.2.2", Severity::must,
        "A repeated final response to a request other than INVITE has no effect for T4.",
        "A copy of a 2xx over UDP that comes within T4 of the first one is followed by no new "
        "request of that kind with the same Call-ID within a second.",
        "policy: 1 s"},
    Requirement{
        "RFC3261-TIMER-G", "RFC 3261 §17.2.1", Severity::must,
        "Over UDP the device resends its refusal of an INVITE after T1 and then at intervals that "
        "double up to T2, until the ACK comes.",
        "The intervals between copies of a 3xx to 6xx to an INVITE without ACK are T1, 2*T1, 4*T1 "
        "and so on, none above T2: eleven copies for 0.5 s and 4 s.",
        "profile: timer"},
    Requirement{"RFC3261-TIMER-H", "RFC 3261 §17.2.1", Severity::must,
                "A refusal that is never acknowledged is given up after 64*T1.",
                "No copy of it is sent later than 64*T1 after the first.", "profile: timer"},
    Requirement{"RFC3261-TIMER-I", "RFC 3261 §17.2.1", Severity::must,
                "A refusal that was acknowledged is not sent again.",
                "No copy of it leaves more than 50 ms after its ACK reached the device.",
                "policy: 50 ms"},
    Requirement{
        "RFC3261-TIMER-J", "RFC 3261 §17.2.2", Severity::must,
        "Over UDP a copy of an answered request other than INVITE draws the same response again, "
        "for 64*T1.",
        "Each copy that arrives in that time is answered within 500 ms, byte for byte as the first "
        "time.",
        "policy: 500 ms"},
    Requirement{"RFC3261-UAS-100", "RFC 3261 §17.2.1", Severity::must,
                "The device answers an INVITE within 200 ms, if only with 100.",
                "The first response to each INVITE of a server leaves within 200 ms.",
                "profile: timer"},
    Requirement{
        "RFC3261-UAS-2XX", "RFC 3261 §13.3.1.4", Severity::must,
        "On any transport the device resends its 2xx to an INVITE after T1 and then at intervals "
        "that double up to T2, until the ACK comes; after 64*T1 it ends the session with BYE.",
        "The intervals between copies of the 2xx; without ACK eleven copies for 0.5 s and 4 s, and "
        "then a BYE, whose lack is a warning.",
        "profile: timer, fo_grace"},
    Requirement{"RFC3261-UAS-1XX", "RFC 3261 §13.3.1.1", Severity::must,
                "While it rings the device sends a 1xx other than 100 at least every minute.",
                "The gaps between such responses, and from the last one to the end of ringing, are "
                "60 s at most.",
                "profile: timer"},
    Requirement{"RFC3261-ACK-NON2XX", "RFC 3261 §17.1.1.3", Severity::must,
                "The ACK to an error response is part of the INVITE's transaction and repeats what "
                "made it.",
                "One Via with the branch of the INVITE, its Request-URI, Call-ID, From, CSeq "
                "number, Route and destination; To as in the response.",
                ""},
    Requirement{"RFC3261-ACK-2XX", "RFC 3261 §13.2.2.4, §8.1.1.7, §22.1", Severity::must,
                "The ACK to a 2xx is a request of the dialog.",
                "A branch of its own, the CSeq number and the credentials of the INVITE, and "
                "Request-URI, Route and destination by the dialog's target and route set.",
                ""},
    Requirement{"RFC3261-ACK-2XX-REP", "RFC 3261 §13.2.2.4", Severity::must,
                "Each 2xx to an INVITE that comes again is acknowledged again.",
                "As many ACKs in the dialog as copies of the 2xx that stand more than 50 ms "
                "apart, as long as the call is up.",
                "policy: 50 ms"},
    Requirement{
        "RFC6026-01", "RFC 6026 §7.1, §7.2, §8.7", Severity::must,
        "Copies of a 2xx and of an INVITE that was answered with one start nothing new.",
        "A copy of an answered INVITE draws nothing but its 2xx within 64*T1; a repeated 2xx ends "
        "no call.",
        "policy: 2 s"},
    Requirement{
        "RFC6026-02", "RFC 3261 §18.1.2; RFC 6026 §8.3", Severity::must,
        "A response that matches no transaction any more has no effect but what resolves it.",
        "A response of the primary after Timer B neither ends nor cancels the call that has "
        "moved to the secondary.",
        "policy: 2 s"},
};

}  // namespace sipharness::verdict::catalogue
