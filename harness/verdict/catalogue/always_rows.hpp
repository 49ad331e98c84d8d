#pragma once
// Rows that are told in every run. @source RFC 3261 §7; policy: where the clause says so

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

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
