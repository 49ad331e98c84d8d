#pragma once
// Rows on session timers. @source RFC 4028

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array session_rows{
    Requirement{"RFC4028-01", "RFC 4028 §10", Severity::should,
                "A device that refreshes a session does so when half of its interval is over.",
                "The interval from the 2xx that settled the session to the device's next re-INVITE "
                "or UPDATE is half of Session-Expires.",
                "profile: registration"},
    Requirement{
        "RFC4028-02", "RFC 4028 §10", Severity::should,
        "A device that waits for a refresh in vain ends the call before its interval is over.",
        "BYE at Session-Expires less min(32 s, a third of it) after the 2xx that settled the "
        "session, and not later than Session-Expires.",
        "profile: registration"},
    Requirement{
        "RFC4028-03", "RFC 4028 §7.3", Severity::must,
        "A device that tries again after a 422 asks for Min-SE at least, in the same call.",
        "The next INVITE after a 422 has the same Call-ID, a CSeq one higher and a Session-Expires "
        "no less than the Min-SE of the 422; the RFC leaves it free not to try again.",
        "policy: 5 s"},
    Requirement{
        "RFC4028-04", "RFC 4028 §10", Severity::should,
        "A refresh that draws 481, 408 or nothing ends the call with BYE, and moves nowhere else.",
        "BYE within 2 s of the loss; no request of that dialog at the other server.",
        "policy: 2 s"},
};

}  // namespace sipharness::verdict::catalogue
