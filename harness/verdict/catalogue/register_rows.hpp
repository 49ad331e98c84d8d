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
    Requirement{"RFC3261-REG-06", "RFC 3261 §10.2.1.1", Severity::should,
                "A REGISTER proposes one expiry: in its Contact or in its Expires header.",
                "Where both are present they agree.", ""},
    Requirement{
        "RFC3261-REG-07", "RFC 3261 §10.2.4", Severity::must,
        "The device goes by the expiry that was granted to its own Contact, not by another's and "
        "not by its own wish.",
        "After a 200 that grants something else than was asked, or lists several contacts, the "
        "next REGISTER comes before the granted expiry is over.",
        ""},
    Requirement{"RFC3261-REG-08", "RFC 3261 §10.2.4", Severity::must,
                "The expires parameter of a Contact in the 200 beats its Expires header.",
                "After a 200 in which they differ the next REGISTER comes before the Contact's "
                "expiry is over.",
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
    Requirement{"RFC3261-REG-11", "RFC 3261 §10.2.7", Severity::should,
                "The device does not try a registrar again at once when a REGISTER timed out.",
                "The next attempt starts 5 s or more after start + 64*T1.", "policy: 5 s"},
    Requirement{
        "RFC3261-REG-12", "RFC 3261 §10.2.8, §20.23, §21.4.17", Severity::should,
        "After a 423 the device asks again for at least Min-Expires.",
        "The retry within 5 s asks for Min-Expires or more, CSeq one higher; the same short value "
        "again fails.",
        "policy: 5 s"},
    Requirement{"RFC3261-REG-13", "RFC 3261 §10.2.4", Severity::should,
                "A refresh goes to the address where the registration was made.",
                "While a binding lives every REGISTER with its Call-ID and Request-URI has the "
                "destination of the one that made it.",
                ""},
    Requirement{"RFC3261-REG-14", "RFC 3261 §10.2", Severity::must,
                "Record-Route in a response to REGISTER is ignored.",
                "The next REGISTER has no Route made of it.", ""},
    Requirement{
        "RFC3261-REG-15", "RFC 3261 §21.4, §21.4.4", Severity::should,
        "A REGISTER that was refused with 403 or 404 is not repeated unchanged.",
        "No REGISTER with the same Contact, expiry and credentials at that server before the "
        "profile's wait, and never within 30 s.",
        "profile: reg_retry_wait_403"},
    Requirement{
        "RFC3261-REG-16", "RFC 3261 §20.33, §21.5.4", Severity::should,
        "A registrar that answers 503 with Retry-After is left alone for that time.",
        "No request outside a dialog reaches it between the 503 and the end of Retry-After.",
        "profile: registration"},
    Requirement{
        "RFC3261-REG-17", "RFC 3261 §10.2.2", Severity::should,
        "A binding is taken back with expiry 0; Contact \"*\" only with Expires: 0.",
        "Every REGISTER with \"*\" has Expires: 0, else it fails; a device that is shut down tells "
        "both servers, else it is warned.",
        ""},
    Requirement{"RFC3261-REG-18", "RFC 3261 §10.2.4", Severity::quality,
                "A binding that the server forgot is restored by the next refresh.",
                "The first REGISTER after the server lost its bindings asks for one, gets a 200 "
                "and comes before the forgotten binding would have lapsed.",
                ""},
};

}  // namespace sipharness::verdict::catalogue
