#pragma once
// Which register attempt a REGISTER belongs to.

#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// Null for any other request.
const RegisterAttempt* attempt_of(const Phone& phone, const Transaction& transaction);

}  // namespace sipharness::observed
