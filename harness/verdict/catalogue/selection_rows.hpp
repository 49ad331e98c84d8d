#pragma once
// Rows on how a device chooses its next server. @source RFC 3261 §8.1.2; RFC 3263 §4

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array selection_rows{
    Requirement{"RFC3263-01", "RFC 3263 §4.3; RFC 3261 §8.1.2", Severity::should,
                "After a 503, a fatal transport error or a timeout without any response, the "
                "device sends the request with a new branch to the next server.",
                "After each such failure of the INVITE at the primary, an INVITE of the call with "
                "another branch reaches the secondary within fo_grace.",
                "profile: fo_grace"},
    Requirement{"RFC3263-02", "RFC 3263 §4.3", Severity::info,
                "An INVITE that drew a provisional response has not failed.",
                "What the device does when the primary says 100 and nothing more is recorded; no "
                "failover is asked for.",
                ""},
    Requirement{"RFC3263-03", "RFC 3261 §8.1.2", Severity::must,
                "Each try at another server is a new client transaction.",
                "The INVITE to the secondary has a branch of its own, and its retransmissions "
                "begin again at T1.",
                "profile: timer"},
};

}  // namespace sipharness::verdict::catalogue
