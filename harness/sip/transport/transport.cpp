#include "harness/sip/transport/transport.hpp"

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "harness/base/setup_error.hpp"
#include "harness/sip/transport/stream_framer.hpp"

namespace sipharness::sip {
namespace {

/// How often to look for a port that is free for UDP and for TCP.
constexpr int port_attempts = 16;

/// A STUN message, as devices send to keep a NAT's hole open. @source RFC 5389 §6
bool is_stun(std::string_view bytes) {
  constexpr std::size_t header_length = 20;
  constexpr std::string_view magic_cookie = "\x21\x12\xA4\x42";
  return bytes.size() >= header_length && static_cast<unsigned char>(bytes.front()) < 0x40 &&
         bytes.substr(4, magic_cookie.size()) == magic_cookie;
}

/// Takes no interest in a connection that was one too many.
class DeafHandler final : public world::StreamHandler {
 public:
  void on_open() override {}
  void on_bytes(std::string_view) override {}
  void on_end(world::StreamEnd) override {}
};

class Connection;

/// What a connection tells its transport.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void received(const StreamPiece& piece, const Hop& hop) = 0;
  virtual void ended(Connection& connection, world::StreamEnd end) = 0;
};

/// One TCP connection and the framing of what it brings. Shared, so that a handler that closes the
/// transport does not pull it from under itself.
class Connection final : public world::StreamHandler,
                         public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(ConnectionOwner& owner) : owner_(owner) {}

  void take(std::unique_ptr<world::Stream> stream) {
    stream_ = std::move(stream);
    hop_ = {Transport::tcp, stream_->local(), stream_->remote()};
  }
  const Hop& hop() const { return hop_; }
  /// It brought a message.
  bool has_spoken() const { return has_spoken_; }
  void send(std::string_view bytes) { stream_->send(bytes); }
  void reset() {
    if (stream_) stream_->abort();
    stream_.reset();
  }
  void close() { stream_.reset(); }
  void end(world::StreamEnd how) { how == world::StreamEnd::reset ? reset() : close(); }
  void freeze() {
    if (stream_) stream_->freeze();
  }
  void vanish() {
    if (stream_) stream_->vanish();
    stream_.reset();
  }

  void on_open() override {}
  void on_bytes(std::string_view bytes) override {
    const auto alive = shared_from_this();
    framer_.push(bytes);
    while (stream_) {
      const auto piece = framer_.next();
      if (!piece) return;
      has_spoken_ |= piece->kind == StreamPiece::Kind::message;
      owner_.received(*piece, hop_);
      if (framer_.is_broken()) return owner_.ended(*this, world::StreamEnd::closed);
    }
  }
  void on_end(world::StreamEnd end) override {
    const auto alive = shared_from_this();
    stream_.reset();
    owner_.ended(*this, end);
  }

 private:
  ConnectionOwner& owner_;
  std::unique_ptr<world::Stream> stream_;
  Hop hop_;
  StreamFramer framer_;
  bool has_spoken_ = false;
};

}  // namespace

class SipTransport::Impl final : public world::DatagramHandler, public ConnectionOwner {
 public:
  Impl(world::World& world, const Endpoint& local, Handlers handlers)
      : world_(world), local_(local), handlers_(std::move(handlers)) {}
  ~Impl() override = default;

  const Endpoint& local() const { return local_; }
  bool is_open() const { return port_ != nullptr; }

  void open() {
    if (listener_) listener_->swallow(false);
    for (const auto& connection : std::exchange(frozen_, {})) connection->vanish();
    for (int attempt = 1; !is_open(); ++attempt) {
      auto port = world_.open_datagram(local_, *this);
      try {
        listener_ = world_.listen(port->local(), [this](auto stream) -> world::StreamHandler& {
          return accept(std::move(stream));
        });
      } catch (const SetupError&) {
        if (local_.port != 0 || attempt == port_attempts) throw;
        continue;
      }
      local_ = port->local();
      port_ = std::move(port);
    }
  }

  void close() {
    port_.reset();
    listener_.reset();
    for (const auto& [remote, connection] : std::exchange(connections_, {})) connection->reset();
  }

  void swallow_streams() {
    if (listener_) listener_->swallow(true);
    for (const auto& [remote, connection] : std::exchange(connections_, {})) connection->close();
  }

  void freeze_streams() {
    if (listener_) listener_->swallow(true);
    for (const auto& [remote, connection] : std::exchange(connections_, {})) {
      connection->freeze();
      frozen_.push_back(connection);
    }
  }

  void end_stream(const Endpoint& remote, world::StreamEnd how) {
    const auto found = connections_.find(remote);
    if (found == connections_.end()) return;
    const auto connection = found->second;
    connections_.erase(found);
    connection->end(how);
  }

  void end_streams(world::StreamEnd how) {
    for (const auto& [remote, connection] : std::exchange(connections_, {})) connection->end(how);
  }

  std::optional<Hop> send(const Hop& hop, std::string_view bytes) {
    if (!is_open()) return std::nullopt;
    if (hop.transport == Transport::udp) {
      port_->send(hop.remote, bytes);
      return Hop{Transport::udp, local_, hop.remote};
    }
    const auto connection = connection_to(hop.remote);
    if (!connection) return std::nullopt;
    connection->send(bytes);
    return connection->hop();
  }

  void on_datagram(const Endpoint& from, std::string_view payload) override {
    const Hop hop{Transport::udp, local_, from};
    const bool keeps_alive = is_keep_alive(payload) || is_stun(payload);
    if (keeps_alive) return tell(handlers_.on_keep_alive, payload, hop);
    received_message(payload, hop);
  }

  void on_unreachable(const Endpoint& destination, Unreachable) override {
    if (handlers_.on_failure)
      handlers_.on_failure({Transport::udp, local_, destination}, world::StreamEnd::unreachable);
  }

  void received(const StreamPiece& piece, const Hop& hop) override {
    switch (piece.kind) {
      case StreamPiece::Kind::message:
        return received_message(piece.bytes, hop);
      case StreamPiece::Kind::keep_alive:
        return tell(handlers_.on_keep_alive, piece.bytes, hop);
      case StreamPiece::Kind::broken:
        return tell(handlers_.on_malformed, piece.bytes, hop);
    }
  }

  void ended(Connection& connection, world::StreamEnd end) override {
    connection.reset();
    const auto found = connections_.find(connection.hop().remote);
    if (found != connections_.end() && found->second.get() == &connection) {
      connections_.erase(found);
    }
    const bool failed = end != world::StreamEnd::closed;
    if (failed && handlers_.on_failure) handlers_.on_failure(connection.hop(), end);
    if (!failed && handlers_.on_closed) handlers_.on_closed(connection.hop());
  }

 private:
  using BytesHandler = std::function<void(std::string_view, const Hop&)>;
  static void tell(const BytesHandler& handler, std::string_view bytes, const Hop& hop) {
    if (handler) handler(bytes, hop);
  }

  void received_message(std::string_view bytes, const Hop& hop) {
    const auto message = MessageView::parse(bytes);
    if (!message.is_usable()) return tell(handlers_.on_malformed, bytes, hop);
    if (handlers_.on_message) handlers_.on_message(message, hop);
  }

  world::StreamHandler& accept(std::unique_ptr<world::Stream> stream) {
    if (connections_.size() == max_connections && !make_room()) {
      stream->abort();
      return deaf_;
    }
    const auto connection = std::make_shared<Connection>(*this);
    connection->take(std::move(stream));
    accepted_.push_back(connection);
    // Those that have gone leave their places behind.
    if (accepted_.size() > 2 * max_connections)
      std::erase_if(accepted_, [](const auto& one) { return one.expired(); });
    // The same remote again: it has lost the older connection, or it would not open another.
    if (auto& kept = connections_[connection->hop().remote]; kept) {
      std::exchange(kept, connection)->reset();
    } else {
      kept = connection;
    }
    return *connection;
  }

  /// Resets the oldest connection that never said anything. False if there is none.
  bool make_room() {
    while (!accepted_.empty()) {
      const auto oldest = accepted_.front().lock();
      accepted_.pop_front();
      if (!oldest || oldest->has_spoken()) continue;
      const auto kept = connections_.find(oldest->hop().remote);
      if (kept == connections_.end() || kept->second != oldest) continue;
      connections_.erase(kept);
      oldest->reset();
      return true;
    }
    return false;
  }

  std::shared_ptr<Connection> connection_to(const Endpoint& remote) {
    const auto found = connections_.find(remote);
    if (found != connections_.end()) return found->second;
    if (connections_.size() == max_connections) return nullptr;
    const auto connection = std::make_shared<Connection>(*this);
    connection->take(world_.connect({local_.address, 0}, remote, *connection));
    connections_.emplace(remote, connection);
    return connection;
  }

  world::World& world_;
  Endpoint local_;
  const Handlers handlers_;
  DeafHandler deaf_;
  std::unique_ptr<world::DatagramPort> port_;
  std::unique_ptr<world::StreamListener> listener_;
  std::map<Endpoint, std::shared_ptr<Connection>> connections_;
  std::deque<std::weak_ptr<Connection>> accepted_;  ///< oldest first
  std::vector<std::shared_ptr<Connection>> frozen_;
};

SipTransport::SipTransport(world::World& world, const Endpoint& local, Handlers handlers)
    : impl_(std::make_unique<Impl>(world, local, std::move(handlers))) {
  impl_->open();
}

SipTransport::~SipTransport() = default;

const Endpoint& SipTransport::local() const {
  return impl_->local();
}

std::optional<Hop> SipTransport::send(const Hop& hop, std::string_view bytes) {
  return impl_->send(hop, bytes);
}

bool SipTransport::is_open() const {
  return impl_->is_open();
}

void SipTransport::close() {
  impl_->close();
}

void SipTransport::open() {
  impl_->open();
}

void SipTransport::swallow_streams() {
  impl_->swallow_streams();
}

void SipTransport::freeze_streams() {
  impl_->freeze_streams();
}

void SipTransport::end_stream(const Endpoint& remote, world::StreamEnd how) {
  impl_->end_stream(remote, how);
}

void SipTransport::end_streams(world::StreamEnd how) {
  impl_->end_streams(how);
}

}  // namespace sipharness::sip
