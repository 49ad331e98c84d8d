#pragma once
// Rows on building REGISTER requests and keeping a binding. @source RFC 3261 §10.2, §8.1.1

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array register_rows{
    Requirement{
        "RFC3261-REG-01", "RFC 3261 §10.2", Severity::must,
        "The Request-URI of a REGISTER names the domain of the registrar and has no user part.",
        "The Request-URI of every REGISTER is a SIP or SIPS URI without userinfo and \"@\".", ""},
    Requirement{
        "RFC3261-REG-02", "RFC 3261 §10.2, §8.1.1.2, §8.1.1.3", Severity::must,
        "To holds the address of record; From holds the same one with a tag; To has no tag.",
        "In every REGISTER, refreshes included, the URIs of To and From are equal by §19.1.4, From "
        "has a tag and To has none.",
        ""},
    Requirement{
        "RFC3261-REG-03", "RFC 3261 §10.2, §10.2.4", Severity::should,
        "The device uses one Call-ID for all registrations at one registrar until it boots again.",
        "All REGISTER attempts at one server between two boots carry the same Call-ID.", ""},
    Requirement{"RFC3261-REG-04", "RFC 3261 §10.2, §22.2", Severity::must,
                "Every new REGISTER with the same Call-ID raises the CSeq number by one.",
                "In time order, the CSeq numbers of new REGISTER transactions of one Call-ID "
                "follow each other without a repeat, a fall or a gap.",
                ""},
    Requirement{
        "RFC3261-REG-05", "RFC 3261 §10.2, §8.1.1.8", Severity::must,
        "The Contact of a REGISTER carries a URI at which the device can be reached.",
        "Each REGISTER that asks for a binding has a Contact whose host and port are those the "
        "device receives on, the same at each refresh.",
        ""},
    Requirement{"RFC3261-REG-09", "RFC 3261 §10.2.4", Severity::must,
                "The device refreshes a binding before it lapses.",
                "The 200 to a refresh comes before the previous 200 plus the granted expiry; less "
                "than 1 s before is a warning.",
                ""},
    Requirement{
        "RFC3261-REG-10", "RFC 3261 §10.2", Severity::must,
        "The device sends no new registration to a registrar while one is outstanding there.",
        "Each new REGISTER transaction starts after the final response of the one before at that "
        "server, or 64*T1 after that one's start if it got none. An early one with the same "
        "Contact is a warning.",
        "profile: timer"},
};

}  // namespace sipharness::verdict::catalogue
