#include "harness/dns/resolver.hpp"

#include <algorithm>
#include <utility>

namespace sipharness::dns {

Resolver::Resolver(world::World& world, const Rng& rng, const IpAddress& local,
                   const Endpoint& name_server)
    : world_(world),
      rng_(rng),
      name_server_(name_server),
      port_(world.open_datagram({local, 0}, *this)) {}

RecordType Resolver::type() const {
  return port_->local().address.is_v4() ? RecordType::a : RecordType::aaaa;
}

bool Resolver::knows(const std::string& name) const {
  const auto known = known_.find(name);
  return known != known_.end() && known->second.until > world_.now();
}

void Resolver::lookup(const std::string& name, Done done) {
  auto id = static_cast<std::uint16_t>(rng_.next());
  while (queries_.contains(id)) ++id;
  Query& query = queries_[id];
  query.name = name;
  query.done = std::move(done);
  if (!knows(name)) return ask(id);
  query.timer =
      world_.call_after(Duration::zero(), [this, id, name] { finish(id, known_[name].addresses); });
}

void Resolver::ask(std::uint16_t id) {
  Query& query = queries_.at(id);
  if (query.tries_left-- == 0) return finish(id, {});
  query.timer = world_.call_after(timeout, [this, id] { ask(id); });
  port_->send(name_server_, encode({.id = id, .name = query.name, .type = type()}));
}

void Resolver::on_datagram(const Endpoint& from, std::string_view payload) {
  const auto answer = parse(payload);
  if (from != name_server_ || !answer || !answer->is_response) return;
  const auto query = queries_.find(answer->id);
  if (query == queries_.end() || query->second.name != answer->name || answer->type != type())
    return;
  std::vector<IpAddress> addresses;
  auto shortest = std::chrono::seconds::max();
  for (const Answer& one : answer->answers) {
    addresses.push_back(one.address);
    shortest = std::min(shortest, one.time_to_live);
  }
  if (!addresses.empty()) known_[answer->name] = {addresses, world_.now() + Duration(shortest)};
  finish(answer->id, addresses);
}

void Resolver::on_unreachable(const Endpoint&, Unreachable) {
  // The next try is due anyway, and a name server that restarts may answer it.
}

void Resolver::finish(std::uint16_t id, const std::vector<IpAddress>& addresses) {
  const auto query = queries_.extract(id);
  query.mapped().done(addresses);
}

}  // namespace sipharness::dns
