#pragma once
// A server transaction at work: keeps the request as received and the response last sent, asks its
// machine what to do, arms the timers, sends and tells the user. Internal to the transaction layer.
// Contract:
//  1. make() does nothing yet; start() hands the request to the user.
//  2. Users may hold it longer than the layer: after detach() it answers nothing.
//  3. Once a non-INVITE one has given its final response over UDP, an AnsweredRequest takes over.
// @source RFC 3261 §17.2

#include <memory>
#include <string>

#include "harness/sip/transaction_host.hpp"

namespace sipharness::sip {

struct ServerRequest {
  std::uint64_t serial = 0;  ///< orders the transactions of a layer
  Method method = Method::unknown;
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

  struct Response {
    int status = 0;
    std::string bytes;
  };
  /// The machine's part of respond().
  virtual void answer(Response response) = 0;
  /// Makes `response` the one to send.
  void adopt(Response response);
  /// Sends what was adopted last, if anything.
  void send(int repeat) const;
  void send_trying();
  /// What an AnsweredRequest keeps of this; nothing here needs it any more.
  AnsweredRequest hand_over();

  TransactionHost* host_;  ///< null after detach()

 private:
  ServerRequest request_;
  const MessageView view_;
  const Hop back_;
  std::string response_;
  bool awaits_final_ = true;
};

/// Sends `response` for the first time (`repeat` is 0) or again.
void send_response(const TransactionLayer::Options& options, const Hop& back,
                   const std::string& response, int repeat);

inline bool same_path(const Hop& a, const Hop& b) {
  return a.transport == b.transport && a.remote == b.remote;
}

}  // namespace sipharness::sip
