#pragma once
// Judgements that several checks share.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/judge.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {

/// Of a request in a call that went to the server of the call, as all do (Misaddressed).
inline constexpr std::string_view outbound_proxy_unseen =
    "; if that is the device's outbound proxy it is right: --journal would tell";

/// Judges that nothing of `invite` was sent again after `response`, a provisional one. Nothing, if
/// no further transmission was due while it stood. `it` is about the INVITE.
void judge_rest(const Phone& phone, const Transaction& invite, std::size_t response,
                Occurrence& it);

/// Judges that a final response to an INVITE, `what`, that came as these copies drew as many ACKs.
/// Nothing, if it came once. Where no journal says that the capture is complete, one ACK too few is
/// no verdict, nor are several where a copy was acknowledged again.
void judge_acks(const Phone& phone, const std::vector<std::size_t>& copies,
                const std::vector<std::size_t>& acks, std::string_view what, Occurrence& it);

/// Violated, if the profile says the setting that it depends on; else with another value it could
/// be right.
void violated_if_known(Occurrence& it, bool is_known, std::string_view setting,
                       const std::string& message);

/// Why something that a device does soon after it booted may not be late.
inline constexpr std::string_view boot_unseen =
    "the capture may begin long after the device booted";

/// Judges that the attempt asks for the profile's Register Expiration, which `setting` names; where
/// a 423 made it ask for another one, nothing.
void judge_expiry(const Phone& phone, const RegisterAttempt& attempt, std::string_view setting,
                  Occurrence& it);

/// " (the profile says 20s)": the wait between attempts to register; empty if it does not.
std::string stated_retry_wait(const Phone& phone);

/// Why a response that the profile's password does not verify proves nothing: see
/// may_have_another_password().
inline constexpr std::string_view another_password =
    "no response of the device verifies with the profile's password: is it the device's? "
    "(--profile)";

/// What lacks_password() says where nobody asked for the row.
inline constexpr std::string_view unverified_credentials =
    "no response was verified: the account's password is not known (--profile)";

/// Nobody gave the password that `requirement` needs: not applicable, unless the scenario names it.
void lacks_password(const Phone& phone, Judge& judge, std::string_view requirement);

/// An address of the device's own is not the one that its packets come from: violated where the
/// capture was taken at the device; elsewhere a NAT may have changed the source.
void violated_unless_nat(const Phone& phone, Occurrence& it, const std::string& problem);

/// The same for an address that leads elsewhere, or to a NAT that the device was told of.
void leads_elsewhere(const Phone& phone, observed::LeadsTo where, Occurrence& it,
                     const std::string& problem);

/// What `seen` says is missing was due at `at`: inconclusive, and true, if nothing shows that the
/// device was still there.
bool left_open_if_gone(const Phone& phone, CaptureTime at, const std::string& seen, Occurrence& it);

/// A registration was granted and not refreshed, as `seen` says. Violated; without a journal not
/// where the server may have been out when it lapsed, or the device switched off.
void violated_unless_out(const Phone& phone, const RegisterAttempt& granted, Occurrence& it,
                         const std::string& seen);

/// A call ended with its leg at the primary, which failed at `told`, as `seen` says. Violated;
/// without a journal not where its user may have hung up. Null: it had no leg there.
void violated_unless_hung_up(const Phone& phone, const Leg* primary, CaptureTime told,
                             Occurrence& it, const std::string& seen);

/// Inconclusive: nobody said for how long the attempt's binding was granted. Not said of a run
/// whose scenario has its server leave that out and does not name the requirement.
void is_granted_for_an_unknown_time(const Phone& phone, const RegisterAttempt& attempt,
                                    Occurrence& it);

}  // namespace sipharness::check
