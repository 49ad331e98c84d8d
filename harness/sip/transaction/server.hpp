#pragma once
// A server transaction at work: keeps the request as received and the response last sent, asks its
// machine what to do, arms the timers, sends and tells the user. Internal to the transaction layer.
// Contract:
//  1. make() does nothing yet; start() hands the request to the user. The message it was made from
//     must outlive start(); keep_request() makes a copy for what comes later. So a request that is
//     answered at once, as most are, is neither copied nor parsed again.
//  2. Users may hold it longer than the layer: after detach() it answers nothing.
//  3. Once a non-INVITE one has given its final response over UDP, an AnsweredRequest takes over.
// @source RFC 3261 §17.2

#include <memory>
#include <optional>
#include <string>

#include "harness/sip/transaction/host.hpp"

namespace sipharness::sip {

struct ServerRequest {
  std::uint64_t serial;  ///< orders the transactions of a layer
  std::string key;
  Hop hop;  ///< by which it came
  const MessageView& message;
};

class ServerTransactionBase : public ServerTransaction,
                              public std::enable_shared_from_this<ServerTransactionBase> {
 public:
  /// The INVITE machine for an INVITE, the non-INVITE machine for all else.
  static std::shared_ptr<ServerTransactionBase> make(TransactionHost& host, ServerRequest request);

  const MessageView& request() const override { return kept_ ? *kept_ : *arrived_; }
  const Hop& hop() const override { return hop_; }
  void respond(std::string response) override;
  bool awaits_final() const override { return awaits_final_; }

  std::uint64_t serial() const { return serial_; }
  const std::string& key() const { return key_; }
  /// Where its responses go.
  const Hop& back() const { return back_; }

  void keep_request();
  virtual void start() = 0;
  virtual void receive_again() = 0;
  virtual void receive_ack(const MessageView& ack) = 0;
  virtual void transport_failed() = 0;
  virtual void detach() { host_ = nullptr; }
  /// It is part of its layer: not yet over or answered for good.
  bool is_attached() const { return host_ != nullptr; }

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
  const std::uint64_t serial_;
  std::string key_;
  const Hop hop_;
  const Hop back_;
  const MessageView* arrived_;  ///< until start() has returned
  std::string bytes_;
  std::optional<MessageView> kept_;  ///< of bytes_
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
