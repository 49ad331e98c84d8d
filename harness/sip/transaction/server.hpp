#pragma once
// A server transaction at work: keeps the request as received and the response last sent, asks its
// machine what to do, arms the timers, sends and tells the user. Internal to the transaction layer.
// Contract:
//  1. make() does nothing yet; start() hands the request to the user.
//  2. Users may hold it longer than the layer: after detach() it answers nothing.
// @source RFC 3261 §17.2

#include <memory>
#include <string>

#include "harness/sip/transaction/host.hpp"

namespace sipharness::sip {

struct ServerRequest {
  std::uint64_t serial = 0;  ///< orders the transactions of a layer
  std::string key;
  std::string bytes;  ///< with the top Via stamped
  Hop hop;            ///< by which it came
};

class ServerTransactionBase : public ServerTransaction,
                              public std::enable_shared_from_this<ServerTransactionBase> {
 public:
  /// The INVITE machine for an INVITE, the non-INVITE machine for all else.
  static std::shared_ptr<ServerTransactionBase> make(TransactionHost& host, ServerRequest request);

  const MessageView& request() const override { return view_; }
  const Hop& hop() const override { return request_.hop; }
  void respond(std::string response) override;
  bool awaits_final() const override { return awaits_final_; }

  std::uint64_t serial() const { return request_.serial; }
  const std::string& key() const { return request_.key; }
  /// Where its responses go.
  const Hop& back() const { return back_; }

  virtual void start() = 0;
  virtual void receive_again() = 0;
  virtual void receive_ack(const MessageView& ack) = 0;
  virtual void transport_failed() = 0;
  virtual void detach() { host_ = nullptr; }

 protected:
  ServerTransactionBase(TransactionHost& host, ServerRequest request);

  /// The machine's part of respond().
  virtual void answer(const MessageView& response) = 0;
  /// Makes `response` the one to send.
  void adopt(const MessageView& response);
  /// Sends what was adopted last, if anything.
  void send(int repeat) const;
  void send_trying();

  TransactionHost* host_;  ///< null after detach()

 private:
  const ServerRequest request_;
  const MessageView view_;
  const Hop back_;
  std::string response_;
  bool awaits_final_ = true;
};

}  // namespace sipharness::sip
