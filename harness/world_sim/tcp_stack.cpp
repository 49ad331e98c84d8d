#include "harness/world_sim/tcp_stack.hpp"

#include <optional>
#include <utility>

#include "harness/packet/encode.hpp"

namespace sipharness::world_sim {

class TcpStack::Listener final : public world::StreamListener {
 public:
  Listener(TcpStack& stack, const Endpoint& local) : stack_(stack), local_(local) {}
  ~Listener() override {
    swallow(false);
    stack_.listeners_.erase(local_);
  }
  const Endpoint& local() const override { return local_; }
  void swallow(bool on) override { stack_.swallow_syns(local_, on); }

 private:
  TcpStack& stack_;
  Endpoint local_;
};

/// The user's end of a connection, which outlives it until the host has said all there is to say.
class TcpStack::UserStream final : public world::Stream {
 public:
  explicit UserStream(std::shared_ptr<TcpConnection> connection)
      : connection_(std::move(connection)) {}
  ~UserStream() override { connection_->close(); }
  Endpoint local() const override { return connection_->key().local; }
  Endpoint remote() const override { return connection_->key().remote; }
  void send(std::string_view bytes) override { connection_->send(bytes); }
  void abort() override { connection_->abort(); }
  void vanish() override { connection_->vanish(); }
  void freeze() override { connection_->freeze(); }

 private:
  std::shared_ptr<TcpConnection> connection_;
};

TcpStack::TcpStack(EventLoop& loop, Network& network)
    : loop_(loop), network_(network), initial_sequences_(fnv1a("initial sequence numbers")) {}

bool TcpStack::is_taken(const Endpoint& local) const {
  const auto first_of_local = connections_.lower_bound({local, Endpoint{}});
  const bool is_connected =
      first_of_local != connections_.end() && first_of_local->first.local == local;
  return is_connected || listeners_.contains(local);
}

std::unique_ptr<world::StreamListener> TcpStack::listen(const Endpoint& wanted,
                                                        world::AcceptFunction accept) {
  const Endpoint local =
      ephemeral_.choose(wanted, [this](const Endpoint& candidate) { return is_taken(candidate); });
  if (listeners_.contains(local))
    throw SetupError("TCP port " + local.text() + " is taken: choose another, or 0 for a free one");
  auto listener = std::make_unique<Listener>(*this, local);
  listeners_.emplace(local, std::make_shared<const world::AcceptFunction>(std::move(accept)));
  return listener;
}

std::unique_ptr<world::Stream> TcpStack::connect(const Endpoint& wanted, const Endpoint& remote,
                                                 world::StreamHandler& handler) {
  const Endpoint local =
      ephemeral_.choose(wanted, [this](const Endpoint& candidate) { return is_taken(candidate); });
  const TcpConnectionKey key{local, remote};
  const std::shared_ptr<TcpConnection> old = find(key);
  if (old && old->state() != TcpState::time_wait)
    throw SetupError(local.text() + " is connected to " + remote.text() +
                     " already: use port 0 for a free one");
  if (old) old->vanish();
  const std::shared_ptr<TcpConnection> connection = make_connection(key);
  connection->connect(handler);
  return std::make_unique<UserStream>(connection);
}

void TcpStack::swallow_syns(const Endpoint& endpoint, bool on) {
  if (on)
    swallowed_.insert(endpoint);
  else
    swallowed_.erase(endpoint);
}

std::shared_ptr<TcpConnection> TcpStack::find(const TcpConnectionKey& key) const {
  const auto found = connections_.find(key);
  return found == connections_.end() ? nullptr : found->second;
}

std::shared_ptr<TcpConnection> TcpStack::make_connection(const TcpConnectionKey& key) {
  const auto initial_sequence = static_cast<std::uint32_t>(initial_sequences_.next());
  auto connection =
      std::make_shared<TcpConnection>(static_cast<Owner&>(*this), loop_, key, initial_sequence);
  connections_[key] = connection;
  return connection;
}

void TcpStack::on_packet(const packet::IpPacket& packet) {
  const std::optional<packet::TcpHeader> segment = packet::decode_tcp(packet.payload);
  if (!segment) return;
  const TcpConnectionKey key{{packet.destination, segment->destination_port},
                             {packet.source, segment->source_port}};
  const bool opens = segment->flags.syn && !segment->flags.ack;
  if (opens && swallowed_.contains(key.local)) return;

  std::shared_ptr<TcpConnection> connection = find(key);
  if (connection && opens && connection->state() == TcpState::time_wait) {
    connection->vanish();
    connection = nullptr;
  }
  if (connection)
    connection->on_segment(*segment);
  else if (opens && listeners_.contains(key.local))
    make_connection(key)->on_first_syn(*segment);
  else
    refuse(key, *segment);
}

void TcpStack::refuse(const TcpConnectionKey& key, const packet::TcpHeader& segment) {
  if (segment.flags.rst) return;
  packet::TcpSegment answer{.source = key.local,
                            .destination = key.remote,
                            .flags = {.rst = true},
                            .window = 0,
                            .maximum_segment_size = std::nullopt,
                            .payload = {}};
  if (segment.flags.ack) {
    answer.sequence = segment.acknowledgement;
  } else {
    const std::size_t length = segment.payload.size() + (segment.flags.syn ? 1U : 0U);
    answer.flags.ack = true;
    answer.acknowledgement = segment.sequence + static_cast<std::uint32_t>(length);
  }
  transmit(answer);
}

void TcpStack::on_icmp_error(const packet::IcmpError& error) {
  const auto connection = find({error.original_source, error.original_destination});
  if (connection) connection->on_icmp_error();
}

void TcpStack::transmit(packet::TcpSegment segment) {
  if (segment.source.address.is_v4() != segment.destination.address.is_v4()) {
    loop_.post_at(loop_.now(), [this, key = TcpConnectionKey{segment.source, segment.destination}] {
      if (const auto connection = find(key)) connection->on_icmp_error();
    });
    return;
  }
  segment.ip_id = network_.next_ip_id(segment.source.address);
  network_.send(packet::encode(segment));
}

bool TcpStack::accept(TcpConnection& connection) {
  const auto listener = listeners_.find(connection.key().local);
  if (listener == listeners_.end()) return false;
  // Held by value: the user may destroy the listener from inside.
  const std::shared_ptr<const world::AcceptFunction> take = listener->second;
  connection.serve((*take)(std::make_unique<UserStream>(connection.shared_from_this())));
  return true;
}

void TcpStack::forget(const TcpConnectionKey& key) {
  connections_.erase(key);
}

}  // namespace sipharness::world_sim
