#include "harness/stage/live/anchor_watch.hpp"

#include <utility>

namespace sipharness::stage {
namespace {

using scenario::AnchorKind;
using sip::Method;

/// policy: open REGISTERs watched at once; a scenario needs a handful.
constexpr std::size_t most_watched = 4096;

bool is_challenge(int status) {
  return status == 401 || status == 407;
}

bool is_intermediate(int status) {
  return is_challenge(status) || status == 423 || status / 100 == 3;
}

}  // namespace

AnchorWatch::AnchorWatch(world::World& world, const scenario::Scenario& scenario,
                         const sip::Timers& timers, Reports reports)
    : world_(world),
      scenario_(scenario),
      timeout_(timers.sixty_four_t1()),
      reports_(std::move(reports)) {}

std::string AnchorWatch::server_at(const Endpoint& endpoint) const {
  for (const scenario::Server& server : scenario_.servers)
    if (server.address == endpoint.address && server.port == endpoint.port) return server.name;
  return {};
}

void AnchorWatch::on_message(const LiveMessage& live) {
  const capture::Origin& origin = live.origin;
  const sip::MessageView& message = live.sip;
  if (!message.is_sip()) return;
  const std::string to_server = server_at(origin.destination);
  const std::string from_server = server_at(origin.source);
  const std::string& server = to_server.empty() ? from_server : to_server;
  if (server.empty()) return;
  const Endpoint& device = to_server.empty() ? origin.destination : origin.source;
  if (strangers_ && strangers_->include(device, message)) return;
  reports_.seen(server, message);
  const bool registers = message.is_request() && message.method() == Method::register_;
  if (!to_server.empty() && registers && !has_registered_)
    has_registered_ = reports_.first_register(origin.at);
  if (!to_server.empty() && !std::exchange(seen_, true)) report(AnchorKind::first_seen, {});
  if (message.is_request() && !to_server.empty())
    on_request(server, message);
  else if (message.is_response())
    on_response(server, message);
  if (message.is_request() && message.method() == Method::bye) report(AnchorKind::ended, {});
}

void AnchorWatch::on_request(const std::string& server, const sip::MessageView& message) {
  if (message.method() == Method::invite && message.to_tag().empty())
    report(AnchorKind::invite_at, server);
  if (message.method() != Method::register_ || open_registers_.size() > most_watched) return;
  const std::string branch(message.via().branch);
  if (open_registers_.contains(branch)) return;
  open_registers_[branch] = world_.call_after(timeout_, [this, server, branch] {
    // The entry holds this very function: it may go only when this is done.
    const auto entry = open_registers_.extract(branch);
    report(AnchorKind::register_failed, server);
  });
}

void AnchorWatch::on_response(const std::string& server, const sip::MessageView& message) {
  if (!message.is_final()) return;
  if (message.method() == Method::register_) return on_register_answered(server, message);
  if (message.method() != Method::invite) return;
  if (message.is_success()) return report(AnchorKind::answered, server);
  if (is_challenge(message.status())) return;
  report(AnchorKind::ended, {});
  if (message.status() != 487) reports_.refused(message.status());
}

void AnchorWatch::on_register_answered(const std::string& server, const sip::MessageView& message) {
  if (open_registers_.erase(std::string(message.via().branch)) == 0) return;
  if (message.is_success())
    report(AnchorKind::registered, server);
  else if (!is_intermediate(message.status()))
    report(AnchorKind::register_failed, server);
}

void AnchorWatch::report(AnchorKind kind, const std::string& server) {
  reports_.anchor({kind, server});
}

}  // namespace sipharness::stage
