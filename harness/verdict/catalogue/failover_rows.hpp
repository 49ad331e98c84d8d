#pragma once
// Rows on how and when a device changes servers. @source guide.txt, Cases 1 and 2; RFC 3263 §4.3;
// RFC 3261 §13.2.2.4, §17; policy: where the sentence says so

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
    Requirement{"FO-DET-LAPSE", "derived: RFC 3261 §10.2.4, §17.1.2.2", Severity::info,
                "A Reregister before Expiration of less than 64*T1 finds a lost server only after "
                "the binding has lapsed.",
                "The setting is compared with 64*T1 and recorded.", ""},
    Requirement{"FO-DET-INV", "guide, Case 2; RFC 3261 §17.1.1.2", Severity::vendor,
                "The device notices the loss of the primary by INVITE no later than timer B.",
                "The first INVITE to the secondary follows the first INVITE to the silent primary "
                "by at most 64*T1 and fo_grace.",
                "profile: fo_grace"},
    Requirement{
        "FO-DET-EARLY", "policy: good practice", Severity::quality,
        "The device does not leave the primary so early that one lost packet moves the call.",
        "At least two transmissions of the INVITE reach the silent primary before the first one "
        "reaches the secondary, unless an error told the device sooner; a call whose INVITE had "
        "to be sent again stays.",
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
    Requirement{
        "FO-LATE-200", "RFC 3261 §13.2.2.4, §18.1.2; RFC 6026 §8.3", Severity::must,
        "A 200 of the primary that comes after the call has moved on is resolved cleanly.",
        "It is acknowledged and ended by BYE within 2 s, or, after Timer B only, ignored and "
        "the primary's own BYE answered; the call over the secondary goes on.",
        "policy: 2 s"},
    Requirement{
        "FO-LATE-1XX", "RFC 3261 §9.1", Severity::should,
        "A device that left the primary before Timer B cancels there when a 1xx comes after "
        "all.",
        "CANCEL to the primary within 0.5 s of the late 1xx.", "policy: 0.5 s"},
    Requirement{"FO-LATE-ERR", "RFC 3261 §17.1.1.2", Severity::must,
                "A device that left the primary before Timer B acknowledges an error that comes "
                "after all, and the call over the secondary goes on.",
                "ACK on the branch of the primary's INVITE; no BYE or CANCEL at the secondary "
                "within 2 s of the error.",
                "policy: 2 s"},
    Requirement{
        "FO-SLOW-LT", "guide, SIP Server Redundancy; RFC 3261 §17.1.1.2", Severity::vendor,
        "A primary that is slower than T1 and faster than Timer B keeps the call.",
        "No INVITE at the secondary when the first response of the primary comes between T1 "
        "and 64*T1 (or before the device's set number of retries is used up); a device that left "
        "earlier gets a warning with the measured time.",
        "profile: max_request_retries"},
    Requirement{
        "FO-100SIL", "RFC 3261 §16.6, §17.1.1.2; RFC 3263 §4.3", Severity::info,
        "After 100 and silence the device stays until its user hangs up, or leaves cleanly.",
        "What it does is recorded; Timer C is the proxy's, and no failover is asked for.", ""},
    Requirement{"FO-USERCANCEL", "RFC 3261 §9.1", Severity::must,
                "A hang-up ends the call in whatever state it is: no other server is tried.",
                "No INVITE of the call later than 50 ms after its user hung up, for as long as a "
                "fallback could still come.",
                "policy: 50 ms"},
    Requirement{
        "FO-INV503", "RFC 3263 §4.3; RFC 3261 §21.5.4", Severity::should,
        "A call that the primary answers with 503 goes to the secondary, and Retry-After is "
        "obeyed.",
        "INVITE at the secondary within fo_grace of the 503; no call at the primary for as "
        "long as its Retry-After says.",
        "profile: fo_grace"},
    Requirement{"FO-INV5XX", "RFC 3263 §4.3", Severity::info,
                "What a device does after 408, 500 or 504 of the primary is recorded.",
                "Whether and when the call went to the secondary; either is right.", ""},
    Requirement{
        "FO-INV4XX", "guide, SIP Server Redundancy; RFC 3261 §21.4, §21.6", Severity::vendor,
        "A call that the primary refuses with 4xx or 6xx does not go to the secondary.",
        "No INVITE at the secondary after the refusal: 486 and 6xx are the callee's word and "
        "fail, any other 4xx warns.",
        ""},
    Requirement{
        "FO-ICMP", "RFC 3261 §8.1.3.1, §18.4", Severity::should,
        "An ICMP error ends the wait for the server at once.",
        "After the first ICMP error for an INVITE the call reaches the secondary within fo_grace, "
        "and a REGISTER that drew one is not repeated later than that.",
        "profile: fo_grace"},
};

}  // namespace sipharness::verdict::catalogue
