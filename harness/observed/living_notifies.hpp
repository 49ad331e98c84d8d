#pragma once
// The NOTIFYs that a phone had to take: those in a subscription that was alive for it.
// @source RFC 6665 §4.1.2, §4.1.3

#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

std::vector<const Transaction*> find_living_notifies(const Phone& phone);
/// Subscription by subscription, each in time order. Left out are message waiting, what ends a
/// subscription, and what a later NOTIFY overtook.
inline const std::vector<const Transaction*>& living_notifies(const Phone& phone) {
  return phone.derived<find_living_notifies>();
}

}  // namespace sipharness::observed
