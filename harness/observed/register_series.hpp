#pragma once
// The REGISTERs that go on with a registration: those with its Call-ID and Request-URI.
// @source RFC 3261 §10.2.4

#include <cstddef>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct LaterRegisters {
  std::size_t count = 0;
  std::vector<const Transaction*> elsewhere;  ///< those among them to another address
};

/// Those that left after `from` and before `until` and go on with `first`, a REGISTER of the phone.
LaterRegisters later_registers(const Phone& phone, const Message& first, CaptureTime from,
                               CaptureTime until);

}  // namespace sipharness::observed
