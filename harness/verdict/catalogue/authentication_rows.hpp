#pragma once
// Rows on how a device proves who it is. @source RFC 3261 §22; RFC 7616 §3; RFC 8760 §2.4

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array authentication_rows{
    Requirement{"AUTH-01", "RFC 3261 §8.1.3.5, §22.2, §22.3", Severity::should,
                "A challenged request is sent again with credentials: the same Call-ID, To and "
                "From, CSeq higher by one, a new branch.",
                "Within 2 s of each 401 or 407 the next request of that method differs from the "
                "one refused in CSeq, branch and credentials only; another CSeq than the next "
                "one fails.",
                "policy: 2 s"},
    Requirement{"AUTH-02", "RFC 3261 §22.2, §22.3", Severity::must,
                "A 401 is answered in Authorization and a 407 in Proxy-Authorization, for the "
                "realm of the challenge.",
                "The request after a challenge carries credentials in the header that belongs to "
                "the status, and their realm is one of the challenge.",
                ""},
    Requirement{"AUTH-03", "RFC 3261 §22.4; RFC 7616 §3.4", Severity::must,
                "The credentials prove the password: the response is right, uri is quoted, qop "
                "is there exactly if offered, cnonce and nc only with it.",
                "The response of all credentials is computed anew from the account's password.",
                ""},
    Requirement{"AUTH-04", "RFC 7616 §3.4; RFC 2617 §3.2.2", Severity::must,
                "nc has eight hexadecimal digits, begins at 00000001 with each nonce and rises by "
                "one with each use of it.",
                "Per server and nonce the counts of all requests follow each other without repeat "
                "or decrease; a gap is a warning. A nonce is not used at a server of another "
                "realm.",
                ""},
    Requirement{"AUTH-05", "RFC 7616 §3.3; RFC 2617 §3.2.1", Severity::must,
                "After stale=true the request is sent again at once under the new nonce, without "
                "asking the user.",
                "The request comes within 2 s, for the same user, with the new nonce and nc "
                "00000001.",
                "policy: 2 s"},
    Requirement{"AUTH-06", "RFC 3261 §22.1", Severity::must,
                "Credentials that were rejected are not sent again, and their rejection moves no "
                "call to the other server.",
                "When credentials under a fresh nonce draw another challenge without stale=true, "
                "none follow for at least 5 s; before the profile's retry wait is a warning.",
                "profile: registration"},
    Requirement{"AUTH-07", "RFC 3261 §13.2.2.4, §22.1", Severity::must,
                "The ACK for a 2xx carries the credentials of its INVITE.",
                "Authorization and Proxy-Authorization of INVITE and ACK are compared.", ""},
    Requirement{"AUTH-08", "RFC 8760 §2.4", Severity::should,
                "Among several challenges the topmost one that the device supports is answered; "
                "an unknown algorithm is passed over.",
                "The nonce and algorithm of the credentials are those of the topmost challenge, "
                "of SHA-256 and MD5, that the profile says it can; no answer at all fails.",
                ""},
    Requirement{"AUTH-09", "RFC 3261 §22.1", Severity::must,
                "A realm that both servers share does not keep the device from answering each "
                "server's own challenge.",
                "Where both servers challenge for one realm, every challenged registration "
                "attempt at either ends with 2xx.",
                ""},
    Requirement{"AUTH-10", "guide, Case 1; RFC 3261 §22", Severity::quality,
                "A challenge of one server does not delay the registration at the other.",
                "With a challenged first REGISTER, the first ones at the two servers are as close "
                "as GRP-REG-01 wants.",
                "profile: fo_grace"},
};

}  // namespace sipharness::verdict::catalogue
