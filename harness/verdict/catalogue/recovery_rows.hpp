#pragma once
// Rows on registrations after a server was lost. @source RFC 3261 §10.2.4, §10.2.7; RFC 5626 §4.5;
// guide.txt, Case 1; policy: where the clause says so

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array recovery_rows{
    Requirement{"FO-DET-LAPSE", "derived: RFC 3261 §10.2.4, §17.1.2.2", Severity::info,
                "A Reregister before Expiration of less than 64*T1 finds a lost server only after "
                "the binding has lapsed.",
                "The setting is compared with 64*T1 and recorded.", ""},
    Requirement{
        "FO-BACK-02", "guide, Case 1", Severity::quality,
        "A primary that has returned is registered with again soon.",
        "The next REGISTER reaches it within max(E - R, reg_retry_wait + 64*T1) of its return; "
        "more than twice that fails.",
        "profile: registration"},
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
    Requirement{
        "FO-BOTH-02", "policy: good practice", Severity::quality,
        "After a total outage the device registers at both servers again soon.",
        "The next REGISTER reaches each within reg_retry_wait + 64*T1 of its return; more than "
        "twice that fails.",
        "profile: registration"},
    Requirement{
        "FO-EXPSHORT", "RFC 3261 §10.2.4; guide, Configuration (Optional)", Severity::must,
        "When a server cuts the expiry short the refreshes follow, even if Reregister before "
        "Expiration is larger than what was granted.",
        "The next REGISTER comes before the granted expiry is over; with R >= E not sooner than "
        "5 s or half of E after the 200.",
        "policy: 5 s or E/2"},
};

}  // namespace sipharness::verdict::catalogue
