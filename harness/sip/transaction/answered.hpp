#pragma once
// Non-INVITE server transactions in their Completed state. A transaction that waits for Timer J
// needs nothing but the response to repeat, and a registrar under load has tens of thousands of
// them, so its request and its timers are let go of. Internal to the transaction layer. Contract:
//  1. Timer J is the same for all of a layer: they end in the order in which they were answered.
//  2. One that has ended is not found; its memory is freed when a later one is added.
// @source RFC 3261 §17.2.2

#include <deque>
#include <string>

#include "harness/base/hash_index.hpp"
#include "harness/sip/transaction/host.hpp"
#include "harness/sip/transaction/non_invite_server.hpp"

namespace sipharness::sip {

struct AnsweredRequest {
  std::string key;
  std::string response;
  Hop back;  ///< where the response goes
  NonInviteServer machine{};
  TimePoint timer_j{};
};

class AnsweredRequests {
 public:
  explicit AnsweredRequests(TransactionHost& host) : host_(host) {}

  std::size_t size() const { return in_order_.size(); }
  void add(AnsweredRequest request, Duration timer_j);
  /// Answers a retransmission; false if no request with this key was answered.
  bool receive_again(const std::string& key);
  void transport_failed(const Hop& back);

 private:
  /// Numbers begin anew here, long after the request that had the same one has ended.
  static constexpr std::uint32_t numbers = 1U << 31U;

  AnsweredRequest* find(const std::string& key);
  void drop_ended(TimePoint now);
  void end(AnsweredRequest& request, std::uint32_t number);

  TransactionHost& host_;
  std::deque<AnsweredRequest> in_order_;
  std::uint32_t first_ = 0;  ///< the number of the front; those behind it count on
  HashIndex by_key_;         ///< of those that have not ended
};

}  // namespace sipharness::sip
