#pragma once
// Rows on how and when a device changes servers, and what is told in every run. @source guide.txt,
// Cases 1 and 2; RFC 3263 §4.3; RFC 3261 §13.2.2.4, §17; policy: where the sentence says so

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array failover_rows{
    Requirement{
        "FO-DET-REG", "guide, Case 1; RFC 3261 §17.1.2.2", Severity::vendor,
        "The device notices the loss of the primary by REGISTER no later than 64*T1 after its next "
        "refresh.",
        "A refresh falls into the primary's outage, and a call made 2 s or more after that refresh "
        "timed out is served by the secondary as GRP-CALL-04 asks.",
        "profile: fo_grace"},
    Requirement{"FO-DET-INV", "guide, Case 2; RFC 3261 §17.1.1.2", Severity::vendor,
                "The device notices the loss of the primary by INVITE no later than timer B.",
                "The first INVITE to the secondary follows the first INVITE to the silent primary "
                "by at most 64*T1 and fo_grace.",
                "profile: fo_grace"},
    Requirement{
        "FO-DET-EARLY", "policy: good practice", Severity::quality,
        "The device does not leave the primary so early that one lost packet moves the call.",
        "At least two transmissions of the INVITE reach the silent primary before the first one "
        "reaches the secondary, unless an error told the device sooner.",
        ""},
    Requirement{"FO-T1ST", "RFC 3263 §4.3", Severity::should,
                "After the primary's failure is signalled, the device tries the secondary at once.",
                "The first INVITE to the secondary follows the 503, the ICMP error, the reset or "
                "the expiry of timer B within fo_grace.",
                "profile: fo_grace"},
    Requirement{
        "FO-NOPAR", "RFC 3263 §4.3", Severity::vendor,
        "The device tries the primary and the secondary one after the other.",
        "No INVITE is resent to the primary once the secondary was tried, and a primary that had "
        "sent a provisional response gets its CANCEL within 0.5 s.",
        "profile: overlap"},
    Requirement{
        "FO-NODUP", "RFC 3261 §13.2.2.4", Severity::must,
        "One call of the user never leaves two confirmed dialogs.",
        "Of the dialogs of one call, confirmed by 200 and ACK, no two are alive together for "
        "longer than it takes to end one of them.",
        "profile: nodup"},
};

inline constexpr std::array always_rows{
    Requirement{
        "DUT-ALIVE", "policy: always told", Severity::quality,
        "The device neither dies nor falls silent for good.",
        "Its process does not exit, and it does not cease to send or react before the run ends.",
        ""},
    Requirement{"DUT-PARSE", "RFC 3261 §7, §25", Severity::must,
                "What the device sends to a SIP port parses as SIP.",
                "Every datagram and every stream from the device to a SIP port is a SIP message or "
                "a keep-alive; the frame and the position of the first error are told.",
                ""},
    Requirement{"PROFILE-T1", "policy: the wire agrees with the profile", Severity::quality,
                "The first retransmission comes after the T1 that the profile states.",
                "The first interval of requests that are resent over UDP.", "profile: timer"},
    Requirement{"PROFILE-EXPIRY", "policy: the wire agrees with the profile", Severity::quality,
                "The device asks for the registration expiry that the profile states.",
                "The expiry requested by every REGISTER that asks for a binding.", ""},
    Requirement{"PROFILE-TRANSPORT", "policy: the wire agrees with the profile", Severity::quality,
                "The device uses the transport that the profile states.",
                "The transport of every request from the device.", ""},
};

}  // namespace sipharness::verdict::catalogue
