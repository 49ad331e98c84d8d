#pragma once
// Restarts that nobody ordered: the device begins its registrations anew at both servers although
// it had just made them. @source RFC 3261 §10.2 (one Call-ID until it boots again)

#include <array>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct OwnRestart {
  std::array<const RegisterAttempt*, 2> anew{};  ///< the first attempt at each server
};

std::vector<OwnRestart> find_own_restarts(const Phone& phone);
/// In time order. Both servers hold a binding that is not due for long, and within seconds get a
/// REGISTER with a new Call-ID and From tag for the same Contact.
inline const std::vector<OwnRestart>& own_restarts(const Phone& phone) {
  return phone.derived<find_own_restarts>();
}

/// The attempt is one by which the device began anew.
bool is_begun_by_restart(const Phone& phone, const RegisterAttempt& attempt);

/// Only a journal tells that a device was restarted. Without one, a new Call-ID and From tag are
/// what a restart looks like some time after a registration succeeded, or timed out where none at
/// the other server would show that the device was on; and at any time if that one begins anew
/// beside it. So is a CSeq that counts anew.
bool may_have_restarted(const Phone& phone, const Transaction& registered, const Transaction& next);

/// The two REGISTERs.
Evidence evidence_of(const Phone& phone, const OwnRestart& restart);

/// Restarts that nobody recorded, unless they are so many that the device must be doing it.
std::size_t restarts_presumed(const Phone& phone, const RegistersAtServer& at);

}  // namespace sipharness::observed
