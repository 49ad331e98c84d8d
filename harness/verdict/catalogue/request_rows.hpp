#pragma once
// Rows that hold for every request a device sends. @source RFC 3261 §8.1, §18.1

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array request_rows{
    Requirement{"RFC3261-GEN-01", "RFC 3261 §8.1.1", Severity::must,
                "Every request carries To, From, CSeq, Call-ID, Max-Forwards and Via.",
                "Each of the six headers is present in every request from the device.", ""},
    Requirement{"RFC3261-GEN-02", "RFC 3261 §8.1.1.6", Severity::must,
                "Every request carries Max-Forwards, with the value 70.",
                "Max-Forwards is present in every request from the device; a value other than 70 "
                "is a warning.",
                ""},
    Requirement{"RFC3261-GEN-03", "RFC 3261 §8.1.1.7", Severity::must,
                "The branch of the topmost Via begins with z9hG4bK.",
                "The prefix, compared with case, of the branch in every request from the device.",
                ""},
    Requirement{
        "RFC3261-GEN-04", "RFC 3261 §8.1.1.7", Severity::must,
        "A branch is unique to its request; only CANCEL and the ACK to a non-2xx repeat it.",
        "Over the whole capture no branch is shared by two requests that differ in method, CSeq, "
        "Call-ID or destination; INVITE with its CANCEL and its ACK excepted.",
        ""},
    Requirement{
        "RFC3261-GEN-05", "RFC 3261 §8.1.1.7, §18.1.1", Severity::must,
        "The Via names the transport that was used and the address and port the device listens on.",
        "The Via of every request has the token of the transport it came over, and the device "
        "takes the responses that are sent to its sent-by.",
        ""},
    Requirement{
        "RFC3261-GEN-06", "RFC 3261 §19.3", Severity::must,
        "Tags are unique and random: no two calls, nor the registrations before and after a boot, "
        "share one.",
        "From tags of different calls differ, the To tag with which the device answers an INVITE "
        "is not the From tag of that INVITE, a REGISTER with a new Call-ID after a boot has a new "
        "tag; a tag of fewer than four characters is a warning.",
        ""},
    Requirement{"RFC3261-GEN-07", "RFC 3261 §8.1.1.8", Severity::must,
                "An INVITE carries exactly one Contact, a SIP URI at which the device is reached.",
                "Contacts in each INVITE from the device are counted and read, and a request that "
                "the far end sends to that Contact is answered.",
                ""},
    Requirement{"RFC3261-GEN-08", "RFC 3261 §18.1.2", Severity::must,
                "A response whose Via names somebody else is dropped.",
                "After a response with the request's branch and a foreign sent-by the request is "
                "sent again when it is due, and a 2xx is not acknowledged.",
                "profile: timer"},
    Requirement{"RFC3261-GEN-09", "RFC 3261 §8.1.3.2", Severity::must,
                "A final status code that the device does not know counts as the x00 of its class, "
                "an unknown provisional one as 183.",
                "An unknown 4xx or 6xx to an INVITE is acknowledged and sends the call to no other "
                "server; after an unknown 1xx the INVITE is not sent again.",
                "policy: 50 ms"},
    Requirement{
        "RFC3261-GEN-10", "RFC 3261 §8.1.3.1", Severity::must,
        "A timeout counts as a 408 and a fatal transport error as a 503.",
        "An INVITE that nobody answered is not repeated past its timeout unless the call has gone "
        "on; a device that stops for an ICMP error or a reset tries the next server within "
        "fo_grace, as after a 503.",
        "profile: fo_grace"},
    Requirement{
        "RFC3261-GEN-11", "RFC 3261 §18.1.1", Severity::must,
        "A request of more than 1300 bytes goes over a stream, unless streams were refused.",
        "The size of every request sent over UDP; larger ones are a warning, few devices heed "
        "this.",
        ""},
    Requirement{"RFC3261-GEN-12", "RFC 3261 §12.2.1.1", Severity::must,
                "Within a dialog the device's CSeq numbers rise by one from request to request; "
                "ACK and CANCEL repeat that of their INVITE.",
                "The CSeq numbers of the device's new requests in each dialog, in order, from the "
                "INVITE that founded it on.",
                ""},
    Requirement{"RFC3261-GEN-13", "RFC 3261 §21.5.4", Severity::must,
                "A 503 without Retry-After counts as a 500: the server is not avoided.",
                "After such a 503 to an INVITE the next call still starts at the primary while the "
                "device is registered there.",
                ""},
};

}  // namespace sipharness::verdict::catalogue
