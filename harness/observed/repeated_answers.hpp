#pragma once
// Answers that are given more than once: copies of a 2xx that the phone must absorb (Timer K), and
// copies of a request or a missing ACK for which it must repeat its own (Timers H, J).
// @source RFC 3261 §17.1.2.2, §17.2.1, §17.2.2

#include <optional>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// It was granted for so short a time that a refresh may rightly be due while copies of the answer
/// are still absorbed.
bool is_refreshed_within_t4(const Phone& phone, const Transaction& transaction);

/// Copies of the 2xx within T4 of the first one, early enough to see what followed them.
std::vector<std::size_t> absorbed_copies(const Phone& phone, const Transaction& transaction);

/// A new request of the kind, with the same Call-ID, right after a copy of the answer.
const Transaction* reaction_to(const Phone& phone, const Transaction& transaction,
                               std::size_t copy);

/// 64·T1 after the final response: Timer H of an INVITE, J of another request over UDP.
CaptureTime timer_h_of(const Phone& phone, const Transaction& refused);

/// The tolerance of a timer of 64·T1.
Tolerance timeout_tolerance(const Phone& phone);

/// No ACK came until Timer H, and the capture goes on beyond it.
bool was_never_acknowledged(const Phone& phone, const Transaction& refused);

/// The answer to the copy of a request that arrived as message `send`, if it came in time.
std::optional<std::size_t> answer_to_copy(const Phone& phone, const Transaction& transaction,
                                          std::size_t send);

/// The copies of a request other than INVITE that came over UDP within Timer J of its answer, early
/// enough to see them answered.
std::vector<std::size_t> copies_to_answer(const Phone& phone, const Transaction& request);

}  // namespace sipharness::observed
