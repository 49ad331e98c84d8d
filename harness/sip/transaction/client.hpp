#pragma once
// A client transaction at work: keeps the request, asks its machine what to do, arms the timers,
// sends and tells the user. Internal to the transaction layer. Contract:
//  1. make() does nothing yet; start() sends.
//  2. After silence() the user hears nothing more, the machine goes on; after stop() nothing at all
//     happens any more.
//  3. The user hears of a failure only while no final response was delivered.
// @source RFC 3261 §17.1

#include <memory>
#include <string>

#include "harness/sip/transaction/host.hpp"

namespace sipharness::sip {

struct ClientRequest {
  ClientId id;
  std::string bytes;
  Hop hop;
  ClientEvents events;
};

class ClientTransaction : public std::enable_shared_from_this<ClientTransaction> {
 public:
  /// The INVITE machine for an INVITE, the non-INVITE machine for all else.
  static std::shared_ptr<ClientTransaction> make(TransactionHost& host, ClientRequest request);
  virtual ~ClientTransaction() = default;

  ClientId id() const { return request_.id; }
  const std::string& key() const { return key_; }
  const Hop& hop() const { return request_.hop; }

  virtual void start() = 0;
  virtual void receive(const MessageView& response) = 0;
  virtual void transport_failed(ClientFailure how) = 0;
  virtual void stop() = 0;
  void silence() { events_ = std::make_shared<ClientEvents>(); }

 protected:
  ClientTransaction(TransactionHost& host, ClientRequest request, std::string key);

  void send(int repeat) const;
  void send_ack(const MessageView& response) const;
  void deliver(const MessageView& response);
  void report(ClientFailure failure) const;

  TransactionHost& host_;

 private:
  const ClientRequest request_;
  const std::string key_;
  std::shared_ptr<const ClientEvents> events_;  ///< shared: a handler may silence() its own
  bool final_delivered_ = false;
};

}  // namespace sipharness::sip
