#pragma once
// How many of a phone's requests went over how many connections. @source RFC 3261 §18.1.1

#include <cstddef>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

struct StreamUse {
  const Transaction* first = nullptr;  ///< null: no request went over a stream
  std::size_t requests = 0;
  std::size_t connections = 0;
};

/// To one server.
StreamUse stream_use(const Phone& phone, ServerRole server);

}  // namespace sipharness::observed
