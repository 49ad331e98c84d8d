#pragma once
// Rows on the way back and on what a loss must not spoil. @source guide.txt, Case 1;
// RFC 3261 §10.2, §12; RFC 5626 §4.5; policy: where the clause says so

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array recovery_rows{
    Requirement{"FO-BACK-01", "guide, Case 1", Severity::vendor,
                "The first call after the device is registered at the returned primary uses it.",
                "As GRP-CALL-08, of the first call after each return.", "policy: 2 s"},
    Requirement{
        "FO-BACK-02", "guide, Case 1", Severity::quality,
        "A primary that has returned is registered with again soon.",
        "The next REGISTER reaches it within max(E - R, reg_retry_wait + 64*T1) of its return; "
        "more than twice that fails.",
        "profile: registration"},
    Requirement{"FO-BACK-03", "RFC 3261 §12", Severity::must,
                "A running call over the secondary is not touched by the primary's return.",
                "No BYE and no re-INVITE of the device in that call within 5 s of the returned "
                "primary's 200, unless its user asked for it.",
                "policy: 5 s"},
    Requirement{"FO-REBOOT", "policy: good practice", Severity::quality,
                "A primary that restarted without memory serves the device again after the next "
                "refresh.",
                "A call that it brings after the device has registered again is taken.", ""},
    Requirement{
        "FO-HERD-01", "RFC 3261 §10.2.7", Severity::should,
        "A lost server is not hammered, however its loss shows.",
        "In a run of five or more failed attempts each one starts 5 s or more after the failure "
        "before it, and no minute has more than 12.",
        "policy: 5 s, 12"},
    Requirement{"FO-HERD-02", "RFC 5626 §4.5", Severity::info,
                "Waits between attempts are spread or grow.",
                "Mean and spread of the waits are recorded; a fixed wait is legal.", ""},
    Requirement{"FO-BOTH-01", "RFC 3261 §17.1.1.2; guide, Case 2", Severity::vendor,
                "With both servers silent a call fails in bounded time.",
                "Each server is tried once, and the last INVITE leaves no later than 2*(64*T1 + "
                "fo_grace) after the dial.",
                "profile: fo_grace"},
    Requirement{
        "FO-BOTH-02", "policy: good practice", Severity::quality,
        "After a total outage the device registers at both servers again soon.",
        "The next REGISTER reaches each within reg_retry_wait + 64*T1 of its return; more than "
        "twice that fails.",
        "profile: registration"},
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
    Requirement{
        "FO-MID-01", "policy: good practice", Severity::quality,
        "The loss of a registration ends no call.",
        "No BYE of the device, but for its user's, in a call whose server it fails to register at; "
        "calls with a session timer are left out.",
        ""},
    Requirement{
        "FO-MID-02", "RFC 3261 §12.2, §15.1.1", Severity::must,
        "The hang-up of a call whose server is silent stays with that server.",
        "BYE goes to the call's server as often as Timer E wants, and no request of the dialog to "
        "the other server.",
        ""},
    Requirement{
        "FO-MID-03", "RFC 3261 §12.2.1.2, §14.1", Severity::should,
        "A change of a call that draws nothing ends the call, and moves nowhere else.",
        "BYE within 2 s of the timeout of a re-INVITE or UPDATE; no request of the dialog at the "
        "other server.",
        "policy: 2 s"},
    Requirement{
        "FO-EXPSHORT", "RFC 3261 §10.2.4; guide, Configuration (Optional)", Severity::must,
        "When a server cuts the expiry short the refreshes follow, even if Reregister before "
        "Expiration is larger than what was granted.",
        "The next REGISTER comes before the granted expiry is over; with R >= E not sooner than "
        "5 s or half of E after the 200.",
        "policy: 5 s or E/2"},
    Requirement{"FO-TCP-RST", "RFC 3261 §8.1.3.1, §18.4", Severity::should,
                "A refused connection is a failure at once, and the next server is tried.",
                "INVITE at the secondary within fo_grace of the RST that answered the SYN to the "
                "primary.",
                "profile: fo_grace"},
    Requirement{
        "FO-TCP-SYN", "RFC 3261 §17.1.1.2", Severity::must,
        "A connection that is never answered is bounded by timer B, not by the TCP stack.",
        "INVITE at the secondary within 64*T1 and fo_grace of the first SYN to the primary; "
        "copies of the SYN meanwhile are the stack's.",
        "profile: fo_grace"},
    Requirement{"FO-TCP-HALF", "RFC 3261 §18.4; RFC 5626 §4", Severity::should,
                "A connection that the server has lost is replaced as soon as it is reset.",
                "After the RST that answers an INVITE the call goes on within fo_grace: with a new "
                "branch over a new connection, or at the secondary.",
                "profile: fo_grace"},
    Requirement{"FO-TCP-REUSE", "RFC 3261 §18.1.1", Severity::info,
                "Requests to one server share a connection.",
                "How many requests went over how many connections is recorded.", ""},
};

}  // namespace sipharness::verdict::catalogue
