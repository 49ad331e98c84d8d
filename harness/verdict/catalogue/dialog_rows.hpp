#pragma once
// Rows on CANCEL, BYE, dialogs and routes. @source RFC 3261 §9, §12, §14, §15; RFC 3581

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array dialog_rows{
    Requirement{"RFC3261-CANCEL-01", "RFC 3261 §9.1", Severity::must,
                "The device sends no CANCEL before a provisional response to the INVITE arrived, "
                "also when it leaves a silent primary for the secondary.",
                "Each CANCEL follows a 1xx on the branch of its INVITE.", ""},
    Requirement{"RFC3261-CANCEL-02", "RFC 3261 §9.1", Severity::must,
                "A CANCEL that had to wait for a provisional response is sent when that comes.",
                "When a call was hung up before any response and a 1xx arrives, CANCEL follows "
                "within 0.5 s.",
                "policy: 0.5 s"},
    Requirement{"RFC3261-CANCEL-03", "RFC 3261 §9.1", Severity::must,
                "A CANCEL repeats what identifies the INVITE and asks for no extension.",
                "One Via with the branch of the INVITE, its Request-URI, Call-ID, To, From, CSeq "
                "number, Route and destination; no Require and no Proxy-Require.",
                ""},
    Requirement{"RFC3261-CANCEL-04", "RFC 3261 §9.1", Severity::should,
                "The device cancels neither an INVITE that has its final response nor any other "
                "request.",
                "No CANCEL later than 0.1 s after a final response on the branch it names, and "
                "none on the branch of another method.",
                "policy: 0.1 s"},
    Requirement{"RFC3261-CANCEL-05", "RFC 3261 §9.1", Severity::should,
                "A cancelled call is over: its 487 is acknowledged, and when none comes it is "
                "dropped after 64*T1 and rings nowhere else.",
                "ACK to the final response that follows the CANCEL; an INVITE of the call "
                "anywhere after the user's CANCEL fails.",
                "policy: 2 s"},
    Requirement{"RFC3261-CANCEL-06", "RFC 3261 §13.2.2.4, §15", Severity::must,
                "An answer that crosses the hang-up is acknowledged and then ended.",
                "ACK within T1 of a 2xx that came after the user had hung up, BYE within 2 s.",
                "policy: 2 s"},
    Requirement{"RFC3261-BYE-01", "RFC 3261 §15.1.1", Severity::must,
                "With its BYE the session is over for the device, whatever comes back.",
                "No further request of the device in that dialog; a call dialled while the BYE is "
                "unanswered leaves within 2 s, else a warning.",
                "policy: 2 s"},
    Requirement{
        "RFC3261-DLG-01", "RFC 3261 §12.2.1.2, §14.1", Severity::should,
        "A 481, a 408 or silence to a request within a dialog ends that dialog.",
        "After a re-INVITE or UPDATE that drew one of them the device sends BYE within 2 s.",
        "policy: 2 s"},
    Requirement{
        "RFC3261-DLG-02", "RFC 3261 §14.1", Severity::must,
        "A re-INVITE that is refused otherwise leaves the session as it was.",
        "No BYE of the device within 2 s of a 4xx, 5xx or 6xx to its re-INVITE that says nothing "
        "of the dialog, unless its user asked for it.",
        "policy: 2 s"},
    Requirement{
        "RFC3261-DLG-03", "RFC 3261 §14.1", Severity::should,
        "After a 491 the device tries its re-INVITE again, in 2.1 to 4 s if it made the call, else "
        "in 2 s at most.",
        "The interval from the 491 to the next re-INVITE.", "profile: timer"},
    Requirement{"RFC3261-DLG-04", "RFC 3261 §15.1.2", Severity::should,
                "A BYE in a dialog that the device does not know draws 481.",
                "The final response to a BYE whose Call-ID and tags no INVITE of the capture and "
                "no answer to one carried.",
                ""},
    Requirement{"RFC3261-ROUTE-01", "RFC 3261 §12.1.2, §12.2.1.1", Severity::must,
                "The Record-Routes of the 2xx, in reverse, are the route of every request in the "
                "dialog.",
                "Each request of the device in such a dialog names the remote target in its "
                "Request-URI, carries the route set as Route and goes to its first entry.",
                ""},
    Requirement{"RFC3261-ROUTE-02", "RFC 3261 §12.2.1.1", Severity::must,
                "To a first hop without lr the device speaks as to a strict router.",
                "Each request of the device in such a dialog has the first route as Request-URI "
                "and the remote target as its last Route.",
                ""},
    Requirement{"RFC3261-ROUTE-03", "RFC 3261 §12.2.1.1", Severity::must,
                "A call that was made over the secondary stays with its route, also when the "
                "primary is back.",
                "No request of the device in a dialog of the secondary goes to the primary.", ""},
    Requirement{"RFC3581-01", "RFC 3581 §3", Severity::should,
                "The device asks for responses at the port its requests come from, and hears them "
                "there.",
                "The Via of each request over UDP has an rport without value; where its port is "
                "not the source port, no request is sent again after its response came to that.",
                "policy: 50 ms"},
    Requirement{"RFC3581-02", "RFC 3581 §4", Severity::must,
                "A request that asks for rport is answered at the port it came from.",
                "Each response of the device to such a request goes to its source and tells that "
                "in rport and received.",
                ""},
};

}  // namespace sipharness::verdict::catalogue
