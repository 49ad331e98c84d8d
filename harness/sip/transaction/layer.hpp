#pragma once
// Transactions of one SIP element: starts client transactions, matches what arrives, makes server
// transactions, and hands the rest (ACK to a 2xx, stray responses) up. It sends through a callback
// and knows no sockets. Contract:
//  1. Of a client transaction: on_response for every provisional, then exactly one of a final
//     response, timed_out or a failure of the transport ends it for its user; repeated 2xx to an
//     INVITE come again through on_response (RFC 6026 Accepted).
//  2. ACK for a non-2xx final response is sent here; ACK for a 2xx is the user's.
//  3. A retransmitted request is answered here and does not reach on_request again.
//  4. Handlers may start or cancel transactions, and destroy the layer's user data, but not the
//  layer.
// @source RFC 3261 §17, §8.1.3.1, §18.1.2; RFC 6026 §7

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/rng.hpp"
#include "harness/sip/message.hpp"
#include "harness/sip/timers.hpp"
#include "harness/sip/transaction/quirks.hpp"
#include "harness/world/world.hpp"

namespace sipharness::sip {

/// The path of one message: our end, the other end, and how.
struct Hop {
  Transport transport = Transport::udp;
  Endpoint local;
  Endpoint remote;
  auto operator<=>(const Hop&) const = default;
};

enum class ClientFailure : std::uint8_t {
  timed_out,         ///< Timer B or F: to be treated as 408
  transport_failed,  ///< ICMP, or a stream that could not be opened: to be treated as 503
  connection_lost,   ///< a stream that was open broke: as 503 too, but another one may do
};

/// How the user of a client transaction hears of it. Either function may be empty.
struct ClientEvents {
  std::function<void(const MessageView&)> on_response{};
  std::function<void(ClientFailure)> on_failure{};
};

class MessageBuilder;
class TransactionLayer;

/// Names a client transaction; stays valid (and inert) after it ended.
struct ClientId {
  std::uint64_t value = 0;
  explicit operator bool() const { return value != 0; }
  auto operator<=>(const ClientId&) const = default;
};

/// One request waiting for its answer; shared so that the user may answer later. Answering after
/// the transaction ended does nothing.
class ServerTransaction {
 public:
  virtual ~ServerTransaction() = default;
  /// As it arrived; valid as long as this. What was taken from it (views, references) in
  /// on_request is valid until on_request returns.
  virtual const MessageView& request() const = 0;
  virtual const Hop& hop() const = 0;
  /// A response to it, as MessageBuilder::response_to() makes it; its top Via says where the
  /// request came from, as a server must tell. @source RFC 3261 §18.2.1, RFC 3581 §4
  MessageBuilder response(int status, std::string_view to_tag, std::string_view reason = {}) const;
  virtual void respond(std::string response) = 0;
  /// True until a final response was sent.
  virtual bool awaits_final() const = 0;
};

class TransactionLayer {
 public:
  struct Options {
    std::string name{};  ///< of the actor, for assertions
    Timers timers{};
    std::function<void(const Hop&, std::string_view)> send{};
    std::function<void(std::shared_ptr<ServerTransaction>)> on_request{};
    /// An ACK that belongs to a 2xx (or to nothing).
    std::function<void(const MessageView&, const Hop&)> on_ack{};
    /// A response that matches no transaction: late, or not ours.
    std::function<void(const MessageView&, const Hop&)> on_stray_response{};
    /// ACK to a non-2xx arrived at the server transaction, or Timer H passed without one.
    std::function<void(const ServerTransaction&, bool acknowledged)> on_confirmed{};
    /// 100 to an INVITE that nobody answered within 200 ms. @source RFC 3261 §17.2.1
    bool auto_trying = true;
    ClientQuirks client_quirks{};
    ServerQuirks server_quirks{};
  };

  TransactionLayer(world::World& world, Options options);
  ~TransactionLayer();
  TransactionLayer(const TransactionLayer&) = delete;
  TransactionLayer& operator=(const TransactionLayer&) = delete;

  /// Sends `request` (complete, with its Via and a fresh branch) and follows it. ACK is refused
  /// (assertion): it is no transaction.
  ClientId start(std::string request, const Hop& hop, ClientEvents events);
  /// Lets go of a client transaction: it goes on by the book, silently (as RFC 3261 wants of an
  /// abandoned INVITE), but its events are dropped.
  void abandon(ClientId id);
  /// Ends a client transaction at once: no retransmission, no event, later responses are strays.
  void forget(ClientId id);

  /// A message arrived. Unreadable ones are ignored: the caller has reported them already.
  void receive(const MessageView& message, const Hop& hop);
  /// ICMP for a datagram, or a stream that could not be opened or broke.
  void transport_failed(const Hop& hop, ClientFailure how = ClientFailure::transport_failed);

  const Timers& timers() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// "z9hG4bK" and 16 random hexadecimal digits.
std::string new_branch(Rng& rng);

}  // namespace sipharness::sip
