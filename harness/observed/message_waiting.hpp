#pragma once
// At which server a phone asks for message waiting, of the two that the guide lets it choose from.
// @source guide.txt, "SIP Server Redundancy"; RFC 3842

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// The last SUBSCRIBE for message waiting at each server while both were up, and at the secondary
/// where the primary does not give it. Null: there is none.
struct MessageWaiting {
  const Transaction* at_primary = nullptr;
  const Transaction* at_secondary = nullptr;
  const Transaction* instead = nullptr;
};

MessageWaiting find_message_waiting(const Phone& phone);
inline const MessageWaiting& message_waiting(const Phone& phone) {
  return phone.derived<find_message_waiting>();
}

}  // namespace sipharness::observed
