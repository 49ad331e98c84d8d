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
};

}  // namespace sipharness::verdict::catalogue
