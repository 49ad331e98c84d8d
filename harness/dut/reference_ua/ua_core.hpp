#pragma once
// What all parts of the reference UA share: the world, the settings, the transport with its
// transactions, and what every message of ours carries. Parts outlive neither it nor each other's
// callbacks: a ClientRequest that is destroyed no longer reports.
// @source RFC 3261 §8.1.1, §18.1.1; RFC 3581 §3

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/dut/reference_ua/message_deviations.hpp"
#include "harness/dut/reference_ua/reference_ua.hpp"
#include "harness/dut/reference_ua/server.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/dialog.hpp"
#include "harness/sip/sdp.hpp"
#include "harness/sip/transaction/layer.hpp"
#include "harness/sip/transport/transport.hpp"

namespace sipharness::dut {

using TransactionPtr = std::shared_ptr<sip::ServerTransaction>;

/// A request of ours under way; destroying it lets its transaction go on silently by the book.
class ClientRequest {
 public:
  ClientRequest() = default;
  ClientRequest(sip::TransactionLayer& layer, sip::ClientId id, std::string text, sip::Hop hop);
  ClientRequest(ClientRequest&& other) noexcept;
  ClientRequest& operator=(ClientRequest&& other) noexcept;
  ~ClientRequest();

  /// Ends the transaction at once: nothing is repeated, later responses are strays.
  void forget();
  /// As it was sent.
  const std::string& text() const { return text_; }
  sip::MessageView view() const { return sip::MessageView::parse(text_); }
  const sip::Hop& hop() const { return hop_; }

 private:
  sip::TransactionLayer* layer_ = nullptr;
  sip::ClientId id_;
  std::string text_;
  sip::Hop hop_;
};

class UaCore {
 public:
  struct Handlers {
    std::function<void(TransactionPtr)> on_request;
    std::function<void(const sip::MessageView&)> on_ack;
    std::function<void(const sip::MessageView&)> on_stray_response;
  };

  UaCore(world::World& world, const Rng& rng, const ReferenceUaOptions& options, Handlers handlers);

  world::World& world() { return world_; }
  Rng& rng() { return rng_; }
  const scenario::Profile& profile() const { return options_.profile; }
  const ReferenceUaOptions& options() const { return options_; }
  bool deviates(Deviation deviation) const { return has(options_.deviations, deviation); }
  const Endpoint& local() const { return transport_->local(); }
  /// The same port at another address. What still comes to the old one is lost, and connections
  /// from there die without a word.
  void move_to(const IpAddress& address);

  Transport transport() const;
  sip::Hop hop_to(const Endpoint& remote) const;
  /// Where the next request of `dialog` goes; `otherwise` if its URI names no address.
  sip::Hop hop_towards(const sip::Dialog& dialog, const sip::Hop& otherwise) const;

  /// "sip:1001@127.0.0.11": the account at that server.
  std::string address_of_record(const Server& server) const;
  /// A Via value with a fresh branch.
  std::string new_via();
  std::string contact() const;
  /// The offer or answer of ours; `version` rises with each new one.
  sip::Sdp media(std::uint64_t version) const;
  /// User-Agent, Allow and Supported.
  void introduce(sip::MessageBuilder& message) const;
  /// A response that carries all it needs but a body.
  sip::MessageBuilder reply(const sip::ServerTransaction& transaction, int status,
                            std::string_view to_tag);
  void answer(sip::ServerTransaction& transaction, int status);
  /// 501 to an unknown method, 405 to a known one that this UA does not serve.
  void refuse_method(sip::ServerTransaction& transaction);

  [[nodiscard]] ClientRequest start(const sip::MessageBuilder& request, const sip::Hop& hop,
                                    sip::ClientEvents events);
  /// Starts a request that is complete already, such as a CANCEL.
  [[nodiscard]] ClientRequest start_text(std::string request, const sip::Hop& hop,
                                         sip::ClientEvents events);
  /// An ACK: sent once, without a transaction.
  void send_ack(std::string ack, const sip::Hop& hop);
  /// Bytes as they are.
  void send_raw(std::string_view bytes, const sip::Hop& hop);
  /// The primary registers us again after it was lost.
  void note_return_of_primary() { primary_returned_ = true; }
  /// Where a BYE goes by the deviations that lead it astray; nothing: by its dialog.
  std::optional<sip::Hop> stray_hop() const;
  /// Closes every port for good, as a crash does.
  void die() { transport_->close(); }
  bool is_dead() const { return !transport_->is_open(); }

 private:
  std::unique_ptr<sip::SipTransport> open_at(const Endpoint& local);
  void receive(const sip::MessageView& message, const sip::Hop& hop);
  void put_on_the_wire(std::string_view bytes, const sip::Hop& hop);
  void send_from_transaction(std::string_view bytes, const sip::Hop& hop);
  void send_response(std::string_view bytes, const sip::Hop& hop);
  void on_unreachable(const sip::Hop& hop, world::StreamEnd end);
  /// `events`, and a stream on which a request timed out is not used again.
  sip::ClientEvents giving_up_dead_streams(sip::ClientEvents events, const sip::Hop& hop);

  world::World& world_;
  Rng rng_;
  ReferenceUaOptions options_;
  MessageDeviations message_deviations_;
  std::unique_ptr<sip::SipTransport> transport_;
  std::vector<std::unique_ptr<sip::SipTransport>> left_;  ///< whatever comes there is lost
  Endpoint contact_;
  sip::TransactionLayer transactions_;
  bool primary_returned_ = false;
  /// Peers; of the deviations sends_into_a_reset_connection and is_deaf_after_a_fin.
  std::vector<Endpoint> lost_;
};

}  // namespace sipharness::dut
