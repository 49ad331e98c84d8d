#pragma once
// Rows on subscriptions. @source RFC 6665 §4.1; RFC 3842 §3; guide, SIP Server Redundancy

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array subscription_rows{
    Requirement{"RFC6665-01", "RFC 6665 §4.1.2.2", Severity::should,
                "A subscription is refreshed in its dialog before it runs out.",
                "After each 2xx to SUBSCRIBE the next one in that dialog, with CSeq higher by "
                "one, comes before the expiry granted, or the shorter one that a NOTIFY names.",
                ""},
    Requirement{"RFC6665-02", "RFC 6665 §4.1.2.4", Severity::must,
                "A NOTIFY is accepted although the response to the SUBSCRIBE has not come yet.",
                "A NOTIFY that stands before the 2xx to its SUBSCRIBE is answered with 2xx.", ""},
    Requirement{"RFC6665-03", "RFC 6665 §4.1.2.4", Severity::should,
                "Without a NOTIFY within 64*T1 (Timer N) a subscription has failed, whatever the "
                "response to the SUBSCRIBE was.",
                "64*T1 after a SUBSCRIBE without NOTIFY nothing more is sent in its dialog; a new "
                "subscription and silence are both right.",
                ""},
    Requirement{"RFC6665-04", "RFC 6665 §4.1.2.2, §4.1.3", Severity::should,
                "When its notifier ends a subscription, the device obeys: it waits for "
                "retry-after, does not come back after rejected, noresource or invariant, and "
                "leaves a dialog that drew 481.",
                "The next SUBSCRIBE outside a dialog for that package and resource comes no "
                "sooner than retry-after, or not at all; none follows in the dialog of a 481.",
                "profile: timer"},
    Requirement{"RFC6665-05", "RFC 6665 §4.1.2.1", Severity::should,
                "A package that the server refused with 489 is not asked for again.",
                "No SUBSCRIBE for it goes to that server within the registration period after the "
                "489.",
                ""},
    Requirement{"RFC6665-06", "RFC 6665 §4.1; guide, SIP Server Redundancy", Severity::vendor,
                "The subscriptions at the two servers live separately: losing one server does not "
                "end those at the other.",
                "No SUBSCRIBE of one server's dialog goes to the other, and while one server is "
                "in trouble the subscriptions at the other are refreshed on.",
                ""},
    Requirement{"RFC3842-01", "RFC 3842 §3.1, §3.5", Severity::must,
                "Message waiting is asked for with its package and its body type.",
                "The SUBSCRIBE says Event: message-summary, and its Accept, if it has one, covers "
                "application/simple-message-summary.",
                ""},
    Requirement{"RFC3842-02", "RFC 3842 §3", Severity::info,
                "A NOTIFY of message waiting that nobody asked for does no harm.",
                "How the device answers such a NOTIFY is recorded.", ""},
};

}  // namespace sipharness::verdict::catalogue
