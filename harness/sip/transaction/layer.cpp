#include "harness/sip/transaction/layer.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/base/assert.hpp"
#include "harness/sip/transaction/answered.hpp"
#include "harness/sip/transaction/client.hpp"
#include "harness/sip/transaction/key.hpp"
#include "harness/sip/transaction/server.hpp"

namespace sipharness::sip {
namespace {

/// Timer J's 32 s at more than any rate measured. Beyond it requests are lost, as on a full
/// network.
constexpr std::size_t max_server_transactions = std::size_t{1} << 19;
/// policy: more than any scenario has under way; whoever makes a server send more, such as
/// NOTIFYs that he does not answer, has it send nothing more.
constexpr std::size_t max_client_transactions = std::size_t{1} << 14;

}  // namespace

class TransactionLayer::Impl final : public TransactionHost {
 public:
  Impl(world::World& world, Options options) : world_(world), options_(std::move(options)) {
    SIPHARNESS_ASSERT(options_.send != nullptr, options_.name, world_.now());
  }
  ~Impl() override {
    for (auto& [id, client] : clients_) client->stop();
    for (auto& [key, server] : servers_) server->detach();
  }

  world::World& world() override { return world_; }
  const Options& options() const override { return options_; }

  ClientId start(std::string request, const Hop& hop, ClientEvents events) {
    const ClientId id{++last_serial_};
    if (clients_.size() >= max_client_transactions) {
      fail_later(id, std::move(events));
      return id;
    }
    const auto client =
        ClientTransaction::make(*this, {id, std::move(request), hop, std::move(events)});
    clients_.emplace(id, client);
    client_keys_[client->key()] = client.get();
    client->start();
    return id;
  }

  /// Not from inside start().
  void fail_later(ClientId id, ClientEvents events) {
    failed_.emplace(id, std::move(events));
    if (failed_.size() == 1) failing_ = world_.call_after(Duration::zero(), [this] { fail(); });
  }

  /// Handlers may abandon others, or start what fails in turn.
  void fail() {
    const ClientId last{last_serial_};
    while (!failed_.empty() && failed_.begin()->first <= last) {
      const auto failed = failed_.extract(failed_.begin());
      if (failed.mapped().on_failure) failed.mapped().on_failure(ClientFailure::transport_failed);
    }
    if (!failed_.empty()) failing_ = world_.call_after(Duration::zero(), [this] { fail(); });
  }
  void drop_failed(ClientId id) { failed_.erase(id); }

  std::shared_ptr<ClientTransaction> find(ClientId id) const {
    const auto found = clients_.find(id);
    return found == clients_.end() ? nullptr : found->second;
  }

  void ended(ClientTransaction& transaction) override {
    const auto indexed = client_keys_.find(transaction.key());
    // A later transaction may have taken the same branch: a deviation does.
    if (indexed != client_keys_.end() && indexed->second == &transaction) {
      client_keys_.erase(indexed);
    }
    clients_.erase(transaction.id());
  }
  void ended(ServerTransactionBase& transaction) override { servers_.erase(transaction.key()); }
  void answered(AnsweredRequest answered, Duration timer_j) override {
    servers_.erase(answered.key);
    answered_.add(std::move(answered), timer_j);
  }

  void receive_response(const MessageView& response, const Hop& hop) {
    const auto found = client_keys_.find(client_key(response));
    if (found != client_keys_.end()) return found->second->receive(response);
    if (options_.on_stray_response) options_.on_stray_response(response, hop);
  }

  void receive_request(const MessageView& request, const Hop& hop) {
    std::string key = server_key(request);
    const auto found = servers_.find(key);
    const bool is_ack = request.method() == Method::ack;
    if (found != servers_.end()) {
      const auto server = found->second;
      return is_ack ? server->receive_ack(request) : server->receive_again();
    }
    if (is_ack) {
      if (options_.on_ack) options_.on_ack(request, hop);
      return;
    }
    if (answered_.receive_again(key)) return;
    if (servers_.size() + answered_.size() >= max_server_transactions) return;
    const auto server =
        ServerTransactionBase::make(*this, {++last_serial_, std::move(key), hop, request});
    server->start();
    // Most requests are answered by now and nobody holds them.
    if (server->is_attached()) servers_.emplace(server->key(), server);
    const bool is_held = server.use_count() > 1;
    if (is_held) server->keep_request();
  }

  void transport_failed(const Hop& hop, ClientFailure how) {
    std::vector<std::shared_ptr<ClientTransaction>> clients;
    for (const auto& [id, client] : clients_) {
      if (same_path(client->hop(), hop)) clients.push_back(client);
    }
    std::vector<std::shared_ptr<ServerTransactionBase>> servers;
    for (const auto& [key, server] : servers_) {
      if (same_path(server->back(), hop)) servers.push_back(server);
    }
    // A hash map's order is nobody's business but its own.
    std::ranges::sort(servers, {}, [](const auto& server) { return server->serial(); });
    for (const auto& server : servers) server->transport_failed();
    answered_.transport_failed(hop);
    for (const auto& client : clients) client->transport_failed(how);
  }

 private:
  world::World& world_;
  const Options options_;
  std::uint64_t last_serial_ = 0;
  std::map<ClientId, std::shared_ptr<ClientTransaction>> clients_;
  std::unordered_map<std::string, ClientTransaction*> client_keys_;
  std::unordered_map<std::string, std::shared_ptr<ServerTransactionBase>> servers_;
  AnsweredRequests answered_{*this};
  std::map<ClientId, ClientEvents> failed_;  ///< not sent at all
  world::Timer failing_;
};

TransactionLayer::TransactionLayer(world::World& world, Options options)
    : impl_(std::make_unique<Impl>(world, std::move(options))) {}

TransactionLayer::~TransactionLayer() = default;

ClientId TransactionLayer::start(std::string request, const Hop& hop, ClientEvents events) {
  return impl_->start(std::move(request), hop, std::move(events));
}

void TransactionLayer::abandon(ClientId id) {
  impl_->drop_failed(id);
  if (const auto client = impl_->find(id)) client->silence();
}

void TransactionLayer::forget(ClientId id) {
  impl_->drop_failed(id);
  const auto client = impl_->find(id);
  if (!client) return;
  client->stop();
  impl_->ended(*client);
}

void TransactionLayer::receive(const MessageView& message, const Hop& hop) {
  if (!message.is_usable()) return;
  if (message.is_response()) return impl_->receive_response(message, hop);
  impl_->receive_request(message, hop);
}

void TransactionLayer::transport_failed(const Hop& hop, ClientFailure how) {
  impl_->transport_failed(hop, how);
}

const Timers& TransactionLayer::timers() const {
  return impl_->options().timers;
}

std::string new_branch(Rng& rng) {
  return "z9hG4bK" + rng.hex(16);
}

}  // namespace sipharness::sip
