#pragma once
// What is asked of devices or of this harness and has no check, each with the reason.

#include <array>
#include <string_view>

namespace sipharness::check {

struct UnjudgedRow {
  std::string_view id;
  std::string_view sentence;
  std::string_view why;
};

inline constexpr std::array unjudged_rows{
    UnjudgedRow{"GRP-CFG-01", "Primary and secondary are different servers.",
                "a duty of the harness: a scenario with the same server twice is refused"},
    UnjudgedRow{"FO-CFGSAME", "The same server is not configured twice.",
                "a duty of the harness: as GRP-CFG-01, also through names"},
    UnjudgedRow{"RFC4320-01",
                "No 408 to a non-INVITE request, and no 100 before Timer E reaches T2.",
                "a duty of the fake servers; their tests hold it"},
    UnjudgedRow{"RFC3263-05", "ACK and CANCEL go where their INVITE went, whatever DNS now says.",
                "later: needs names with several addresses"},
    UnjudgedRow{"RFC7984-01", "A and AAAA are both looked up on dual-stack hosts.",
                "later: needs names with several addresses"},
    UnjudgedRow{"RFC5626-01", "Outbound: +sip.instance, reg-id, Supported: outbound.",
                "later: RFC 5626"},
    UnjudgedRow{"RFC5626-02", "Outbound: keep-alives answered, a lost pong fails the flow.",
                "later: RFC 5626"},
    UnjudgedRow{"RFC5626-03", "Outbound: waits between recoveries grow and are spread.",
                "later: RFC 5626"},
    UnjudgedRow{"RFC5626-04", "Outbound: Retry-After may lengthen such a wait.", "later: RFC 5626"},
    UnjudgedRow{"FO-DNS-A", "The second address of a name is tried before the secondary.",
                "later: needs names with several addresses"},
    UnjudgedRow{"FO-DNS-TTL", "A name is looked up again after its time to live.",
                "later: needs times to live"},
    UnjudgedRow{"FO-DNS-FAIL", "A name that cannot be resolved is an unavailable server.",
                "later: needs failing lookups"},
    UnjudgedRow{"FO-TLS-CERT", "No SIP over a connection whose certificate is bad.", "later: TLS"},
    UnjudgedRow{"FO-TLS-NODOWN", "No fall from TLS to cleartext on failover.", "later: TLS"},
};

}  // namespace sipharness::check
