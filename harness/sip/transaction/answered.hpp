#pragma once
// Non-INVITE server transactions in their Completed state. A transaction that waits for Timer J
// needs nothing but the response to repeat, and a registrar under load has tens of thousands of
// them, so its request and its timers are let go of. Internal to the transaction layer. Contract:
//  1. Timer J is the same for all of a layer: they end in the order in which they were answered.
//  2. One that has ended is not found; its memory is freed when a later one is added.
//  3. A failure of the transport costs the same however many requests it ends: a flood from a port
//     that nobody listens at draws one for each response.
// @source RFC 3261 §17.2.2

#include <deque>
#include <map>
#include <string>
#include <utility>

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
  static constexpr std::size_t least_failures = 1024;  ///< that are worth looking through

  AnsweredRequest* find(const std::string& key);
  void drop_ended(TimePoint now);
  /// Its path failed after it was answered.
  bool has_failed(const AnsweredRequest& request, std::uint32_t number) const;
  void drop_old_failures();

  TransactionHost& host_;
  std::deque<AnsweredRequest> in_order_;
  std::uint32_t first_ = 0;  ///< the number of the front; those behind it count on
  HashIndex by_key_;
  /// How many requests had been answered when a path failed last, by transport and remote end.
  std::map<std::pair<Transport, Endpoint>, std::uint64_t> failures_;
  std::size_t most_failures_ = least_failures;
  std::uint64_t dropped_ = 0;  ///< of all that were answered
};

}  // namespace sipharness::sip
