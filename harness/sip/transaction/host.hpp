#pragma once
// What the transactions of one layer share and are given: the world, the layer's options, and the
// way to be let go of. Internal to the transaction layer.

#include "harness/sip/transaction/layer.hpp"

namespace sipharness::sip {

class ClientTransaction;
class ServerTransactionBase;
struct AnsweredRequest;

class TransactionHost {
 public:
  virtual ~TransactionHost() = default;
  virtual world::World& world() = 0;
  virtual const TransactionLayer::Options& options() const = 0;
  /// The transaction reached Terminated: nothing is to be matched to it from now on.
  virtual void ended(ClientTransaction& transaction) = 0;
  virtual void ended(ServerTransactionBase& transaction) = 0;
  /// A non-INVITE server transaction reached Completed: `answered` goes on in its place, until
  /// Timer J.
  virtual void answered(AnsweredRequest answered, Duration timer_j) = 0;
};

}  // namespace sipharness::sip
