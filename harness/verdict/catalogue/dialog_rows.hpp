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
};

}  // namespace sipharness::verdict::catalogue
