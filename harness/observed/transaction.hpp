#pragma once
// Transactions of a phone as the wire shows them. @source ALG-RETX: requirements §0.4; RFC 3261
// §17.1.3, §17.2.3

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// One client transaction (device to server, or server to device) on one 5-tuple.
struct Transaction {
  sip::Method method = sip::Method::unknown;
  Direction direction = Direction::from_device;  ///< of the request
  ServerRole server = ServerRole::none;
  std::vector<std::size_t> sends;  ///< message indices: transmissions 0..n, byte-identical or not
  std::vector<std::size_t> responses;  ///< every copy of every response, in order
  std::vector<std::size_t> acks;       ///< ACK on the same branch (non-2xx)
  bool identical = true;               ///< all sends have the same bytes
  std::optional<std::size_t> first_response;
  std::optional<std::size_t> provisional;  ///< first 1xx
  std::optional<std::size_t> final;        ///< first final response
};

std::vector<Transaction> find_transactions(const Phone& phone);
/// By time of first transmission. ACKs to 2xx are not in here.
inline const std::vector<Transaction>& transactions(const Phone& phone) {
  return phone.derived<find_transactions>();
}

/// The request that began a transaction.
inline const Message& opening(const Phone& phone, const Transaction& transaction) {
  return phone.message(transaction.sends.front());
}

/// The status of its final response; 0: none.
int final_status(const Phone& phone, const Transaction& transaction);
/// The first response to it that says more than 100 Trying, which only tells that a proxy has it.
std::optional<std::size_t> response_above_100(const Phone& phone, const Transaction& transaction);
/// It ended with a 2xx.
inline bool is_accepted(const Phone& phone, const Transaction& transaction) {
  return final_status(phone, transaction) / 100 == 2;
}

}  // namespace sipharness::observed
