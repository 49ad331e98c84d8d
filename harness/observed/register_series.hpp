#pragma once
// The REGISTERs that go on with a registration: those with its Call-ID and Request-URI, and of
// several flows those of its own. @source RFC 3261 §10.2.4; RFC 5626 §4.2

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
