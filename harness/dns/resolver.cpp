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

RecordType Resolver::address_type() const {
  return port_->local().address.is_v4() ? RecordType::a : RecordType::aaaa;
}

const Message* Resolver::known(const std::string& name, RecordType type) const {
  const auto known = known_.find({name, type});
  return known != known_.end() && known->second.until > world_.now() ? &known->second.answer
                                                                     : nullptr;
}

void Resolver::lookup(const std::string& name, RecordType type, Done done) {
  auto id = static_cast<std::uint16_t>(rng_.next());
  while (queries_.contains(id)) ++id;
  Query& query = queries_[id];
  query.name = name;
  query.type = type;
  query.done = std::move(done);
  const Message* const answer = known(name, type);
  if (answer == nullptr) return ask(id);
  query.timer =
      world_.call_after(Duration::zero(), [this, id, answer = *answer] { finish(id, answer); });
}

void Resolver::ask(std::uint16_t id) {
  Query& query = queries_.at(id);
  if (query.tries_left-- == 0) return finish(id, {.is_response = true, .name = query.name});
  query.timer = world_.call_after(timeout, [this, id] { ask(id); });
  port_->send(name_server_, encode({.id = id, .name = query.name, .type = query.type}));
}

void Resolver::on_datagram(const Endpoint& from, std::string_view payload) {
  const auto answer = parse(payload);
  if (from != name_server_ || !answer || !answer->is_response) return;
  const auto query = queries_.find(answer->id);
  if (query == queries_.end() || query->second.name != answer->name ||
      answer->type != query->second.type)
    return;
  auto shortest = std::chrono::seconds::max();
  for (const Answer& one : answer->answers) shortest = std::min(shortest, one.time_to_live);
  for (const Service& one : answer->services) shortest = std::min(shortest, one.time_to_live);
  if (!answer->answers.empty() || !answer->services.empty())
    known_[{answer->name, answer->type}] = {*answer, world_.now() + Duration(shortest)};
  finish(answer->id, *answer);
}

void Resolver::on_unreachable(const Endpoint&, Unreachable) {
  // The next try is due anyway, and a name server that restarts may answer it.
}

void Resolver::finish(std::uint16_t id, const Message& answer) {
  const auto query = queries_.extract(id);
  query.mapped().done(answer);
}

}  // namespace sipharness::dns
