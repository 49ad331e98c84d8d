#pragma once
// A peer of whatever is fuzzed in the simulated world: it says what the input makes it say, over
// UDP and over one TCP connection, and keeps what it was told last, so that an input can refer to
// it.
//  1. In a text, control bytes stand for what the peer was told last: \1 branch, \2 To tag, \3 From
//     tag, \4 Call-ID, \5 CSeq number, \6 the realm and nonce of the last challenge, answered.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/sip/message.hpp"
#include "harness/sip/transport/stream_framer.hpp"
#include "harness/world/world.hpp"

namespace sipharness::fuzz {

class Peer final : private world::DatagramHandler, private world::StreamHandler {
 public:
  /// Talks to `other` from `local`, where it listens too.
  Peer(world::World& world, const Endpoint& local, const Endpoint& other);

  void send(std::string_view text);
  void send_on_stream(std::string_view text);
  /// Ends the connection: with FIN, or RST.
  void end_stream(bool aborts);
  /// Responds to the last request as it should be, `text` being a status and header lines of its
  /// own: "200\nExpires: 5". Nothing if there was none.
  void respond(std::string_view text);

  /// What is done with each message, once it is kept.
  std::function<void(const sip::MessageView&)> on_message;

 private:
  void on_datagram(const Endpoint& from, std::string_view payload) override;
  void on_unreachable(const Endpoint&, Unreachable) override {}
  void on_open() override {}
  void on_bytes(std::string_view bytes) override;
  void on_end(world::StreamEnd) override { stream_.reset(); }

  void keep(std::string_view message);
  std::string expanded(std::string_view text) const;
  std::string_view meaning(char control) const;

  world::World& world_;
  Endpoint local_;
  Endpoint other_;
  std::string last_request_;
  bool came_on_stream_ = false;
  std::string branch_, to_tag_, from_tag_, call_id_, cseq_, authorization_;
  sip::StreamFramer framer_;
  std::unique_ptr<world::DatagramPort> port_;
  std::unique_ptr<world::Stream> stream_;
  std::unique_ptr<world::StreamListener> listener_;
};

/// What a record of an input tells the peers to do, in both targets alike: v the second sends a
/// datagram, t the first on its stream, r and s the first and second respond, x and y the stream is
/// closed and aborted; for anything else the first sends a datagram.
void tell_peers(char what, std::string_view text, Peer& first, Peer& second);

}  // namespace sipharness::fuzz
