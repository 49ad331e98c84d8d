#pragma once
// Calls that the secondary brought and that the phone had to take. @source guide.txt, Case 2
// ("receiving calls"); requirements AMB-4

#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

std::vector<const Transaction*> find_secondary_calls(const Phone& phone);
/// INVITEs to the Contact that the phone registered there, by time. Left out is what it may refuse,
/// and what may have been lost where the capture does not look.
inline const std::vector<const Transaction*>& secondary_calls(const Phone& phone) {
  return phone.derived<find_secondary_calls>();
}

}  // namespace sipharness::observed
