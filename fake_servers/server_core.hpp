#pragma once
// What the parts of one fake server share: who it is, what it works with, and the few headers that
// everything it sends carries.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_servers/allowed_targets.hpp"
#include "fake_servers/media_port.hpp"
#include "fake_servers/proven_peers.hpp"
#include "fake_servers/spelled_out.hpp"
#include "harness/base/rng.hpp"
#include "harness/journal/journal.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/dialog.hpp"
#include "harness/sip/transaction/layer.hpp"
#include "harness/world/world.hpp"

namespace fake_servers {

using sipharness::Duration;
using sipharness::Endpoint;
using sipharness::TimePoint;
using sipharness::Transport;
using sipharness::sip::HeaderId;
using sipharness::sip::Hop;
using sipharness::sip::MessageBuilder;
using sipharness::sip::MessageView;
using sipharness::sip::Method;
using sipharness::sip::ServerTransaction;
using sipharness::sip::TransactionLayer;
using TransactionPtr = std::shared_ptr<ServerTransaction>;

/// Who a request outside any dialog is for; tags and Call-ID are made up where there are none.
struct Addressee {
  std::string uri{};   ///< Request-URI
  std::string user{};  ///< whose AOR stands in To
  std::string from_tag{};
  std::string to_tag{};  ///< empty: none
  std::string call_id{};
  std::uint32_t cseq = 1;
};

struct ServerCore {
  sipharness::world::World& world;
  sipharness::journal::Writer& journal;
  TransactionLayer& transactions;
  std::function<void(const Hop&, std::string_view)>
      send;  ///< past the transactions: ACK, 2xx again
  /// Keeps the next ACKs of a call back.
  std::function<void(std::string_view call_id, std::uint32_t acks)> withhold_acks;
  sipharness::Rng rng;
  std::string name;    ///< "primary"
  std::string agent;   ///< "sipharness/0.1 (fake primary)": its Server and User-Agent
  std::string domain;  ///< host part of its AORs
  Endpoint local;
  std::optional<std::uint16_t> sent_by_port;  ///< what the Via of its requests says, if not `local`
  bool media = false;                         ///< answered calls carry RTP
  Variables places;  ///< the servers, by the names that a scenario has for them
  AllowedTargets targets;
  MediaPort media_port;
  ProvenPeers proven{};

  /// A name-addr that reaches the far end behind this server.
  std::string contact(Transport transport) const;
  /// The way of a request to `uri` for the one heard from by `arrived`: hop_towards(), but to where
  /// he sent from if the address is not an allowed target.
  Hop way_to(std::string_view uri, const Hop& arrived);
  /// A Via value with a fresh branch.
  std::string new_via(Transport transport);

  /// A response with Server and, unless it is 100 or the request has one, a To tag of its own.
  MessageBuilder reply(const ServerTransaction& transaction, int status,
                       std::string_view to_tag = {}, std::string_view reason = {});
  /// Sends such a response with nothing more in it.
  void answer(ServerTransaction& transaction, int status);
  /// 405 with Allow.
  void refuse_method(ServerTransaction& transaction);
  /// A request of the far end outside any dialog, with Contact, User-Agent and Allow.
  MessageBuilder new_request(std::string_view method, const Addressee& to, const Hop& hop);
  /// A request within `dialog` that goes out by `hop`, with Contact and User-Agent.
  MessageBuilder request_in(sipharness::sip::Dialog& dialog, std::string_view method,
                            const Hop& hop);
  /// Tells the journal what the far end did in a call.
  void note_far_end(std::string_view verb, const std::string& call_id);
};

/// Record-Routes as if the call had passed these proxies: `neighbour` is the first one's endpoint.
void add_record_routes(const std::vector<sipharness::scenario::Router>& routers,
                       const Endpoint& neighbour, MessageBuilder& response);

/// What a response that makes a dialog must copy. @source RFC 3261 §12.1.1
void copy_record_routes(const MessageView& request, MessageBuilder& response);

/// The way to `uri` for someone heard from by `arrived`: back on a stream, else to the address the
/// URI names, else to where he sent from.
Hop hop_towards(std::string_view uri, const Hop& arrived);

/// What a server here allows, as the Allow header says it.
inline constexpr std::string_view allowed_methods =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, SUBSCRIBE, NOTIFY, PUBLISH, MESSAGE, INFO, "
    "UPDATE";

}  // namespace fake_servers
