#pragma once
// Rows on which answers of the primary move a call, on what it says too late, and on the way back.
// @source guide.txt, Cases 1 and 2; RFC 3261 §8.1.3, §9.1, §13.2.2.4, §17.1.1.2, §21; RFC 3263
// §4.3; RFC 6026 §8.3; policy: where the clause says so

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array answer_rows{
    Requirement{
        "GRP-CALL-08", "guide, Case 1", Severity::vendor,
        "After the primary has returned and the device is registered there again, new calls "
        "use the primary.",
        "Every call dialled 2 s or more after the first 200 to REGISTER that follows a loss "
        "starts at the primary and stays there if it answers.",
        "policy: 2 s"},
    Requirement{"RFC3261-GEN-13", "RFC 3261 §21.5.4", Severity::must,
                "A 503 without Retry-After counts as a 500: the server is not avoided.",
                "After such a 503 to an INVITE the next call still starts at the primary while the "
                "device is registered there.",
                ""},
    Requirement{
        "RFC6026-02", "RFC 3261 §18.1.2; RFC 6026 §8.3", Severity::must,
        "A response that matches no transaction any more has no effect but what resolves it.",
        "A response of the primary after Timer B neither ends nor cancels the call that has "
        "moved to the secondary.",
        "policy: 2 s"},
    Requirement{"RFC3263-02", "RFC 3263 §4.3", Severity::info,
                "An INVITE that drew a provisional response has not failed.",
                "What the device does when the primary says 100 and nothing more is recorded; no "
                "failover is asked for.",
                ""},
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
    Requirement{"FO-BACK-01", "guide, Case 1", Severity::vendor,
                "The first call after the device is registered at the returned primary uses it.",
                "As GRP-CALL-08, of the first call after each return.", "policy: 2 s"},
    Requirement{"FO-BACK-03", "RFC 3261 §12", Severity::must,
                "A running call over the secondary is not touched by the primary's return.",
                "No BYE and no re-INVITE of the device in that call within 5 s of the returned "
                "primary's 200, unless its user asked for it.",
                "policy: 5 s"},
    Requirement{"FO-BOTH-01", "RFC 3261 §17.1.1.2; guide, Case 2", Severity::vendor,
                "With both servers silent a call fails in bounded time.",
                "Each server is tried once, and the last INVITE leaves no later than 2*(64*T1 + "
                "fo_grace) after the dial.",
                "profile: fo_grace"},
    Requirement{"FO-FLAP", "policy: good practice", Severity::quality,
                "A primary that goes and returns again and again causes no storm of REGISTERs.",
                "At most 12 registration attempts in any minute at each server.", "policy: 12"},
    Requirement{"FO-LOSS", "RFC 3261 §17.1.1.2", Severity::quality,
                "Random loss is bridged by retransmission and moves no call.",
                "On a link that loses packets by chance no call leaves the primary if one of its "
                "answers came before Timer B.",
                ""},
    Requirement{
        "FO-ONEWAY", "RFC 3261 §13.2.2.4; RFC 3263 §4.3", Severity::must,
        "A primary that hears and is not heard is left, and what it answered is cleaned up.",
        "The call goes to the secondary; a 200 that gets through later is resolved as "
        "FO-LATE-200 asks.",
        "profile: fo_grace"},
};

}  // namespace sipharness::verdict::catalogue
