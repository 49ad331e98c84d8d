#include "fake_servers/fake_server_impl.hpp"

#include <utility>
#include <variant>

#include "harness/base/assert.hpp"
#include "harness/base/setup_error.hpp"

namespace fake_servers {

namespace journal = sipharness::journal;
namespace scenario = sipharness::scenario;
namespace sip = sipharness::sip;

namespace {

constexpr std::size_t remembered_delays = Postponer::max_pending;

Endpoint endpoint_of(const scenario::Server& server) {
  if (!server.address)
    throw sipharness::SetupError("server \"" + server.name +
                                 "\" has no address: give it one in the scenario");
  return Endpoint{*server.address, server.port};
}

/// A stream ends as the peer's would.
sipharness::world::StreamEnd how_of(scenario::Ending ending) {
  return ending == scenario::Ending::reset ? sipharness::world::StreamEnd::reset
                                           : sipharness::world::StreamEnd::closed;
}

Variables places_of(const FakeServerOptions& options, const Endpoint& local) {
  Variables places{{"server", local.text()}};
  for (const auto& [name, endpoint] : options.servers) places[name] = endpoint.text();
  return places;
}

/// Whether a 400 can find its way back to who sent this.
bool can_be_answered(const MessageView& message) {
  return message.is_sip() && message.is_request() && message.method() != Method::ack &&
         !message.via().sent_by.empty();
}

}  // namespace

FakeServer::Impl::Impl(sipharness::world::World& world, journal::Writer& journal,
                       const sipharness::Rng& rng, const FakeServerOptions& options)
    : name_(options.server.name),
      journal_(journal),
      clock_{world, options.zero},
      behaviour_(options.server, rng.fork(name_)),
      log_(journal, name_),
      transport_(world, endpoint_of(options.server), transport_handlers()),
      link_(options.server.links, rng.fork(name_ + " link")),
      sender_(
          {world, transport_, journal, log_, behaviour_, clock_, link_, name_, options.timers.t1}),
      plans_(world, places_of(options, transport_.local()),
             {[this](Outgoing message) { sender_.send(std::move(message)); },
              [this](const Hop& hop, scenario::Ending how) {
                if (hop.transport == Transport::tcp) transport_.end_stream(hop.remote, how_of(how));
              }}),
      transactions_(world, transaction_options(options.timers)),
      core_{world,
            journal,
            transactions_,
            [this](const Hop& hop, std::string_view bytes) { plans_.send(hop, bytes); },
            [this](std::string_view call_id, std::uint32_t acks) {
              sender_.withhold_acks(call_id, acks);
            },
            rng.fork(name_),
            name_,
            "sipharness/0.1 (fake " + name_ + ")",
            options.domain,
            transport_.local(),
            options.server.sent_by_port,
            options.media,
            places_of(options, transport_.local()),
            {journal, name_, options.allowed_targets},
            {world, journal, transport_.local().address, name_}},
      challenger_(core_, options.accounts),
      service_(core_, options.server.far_end, options.accounts),
      fetch_notifier_(core_),
      postponer_(world),
      delayed_(remembered_delays) {
  watch_windows();
}

sip::SipTransport::Handlers FakeServer::Impl::transport_handlers() {
  return {[this](const MessageView& message, const Hop& hop) { on_message(message, hop); },
          [this](std::string_view bytes, const Hop& hop) { on_malformed(bytes, hop); },
          [this](std::string_view bytes, const Hop& hop) { on_keep_alive(bytes, hop); },
          [this](const Hop& hop, sipharness::world::StreamEnd) {
            transactions_.transport_failed(hop);
          }};
}

TransactionLayer::Options FakeServer::Impl::transaction_options(const sip::Timers& timers) {
  TransactionLayer::Options options;
  options.name = name_;
  options.timers = timers;
  options.send = [this](const Hop& hop, std::string_view bytes) { plans_.send(hop, bytes); };
  options.on_request = [this](const TransactionPtr& transaction) { on_request(transaction); };
  options.on_ack = [this](const MessageView& ack, const Hop&) { service_.far_end().on_ack(ack); };
  options.auto_trying = false;
  return options;
}

void FakeServer::Impl::on_message(const MessageView& message, const Hop& hop) {
  if (reach_ == Reach::unplugged)
    return log_.ignored(hop, message.bytes(), std::string(MessageSender::power_cut));
  if (link_.loses_to_server(clock_.now()))
    return log_.ignored(hop, message.bytes(), std::string(sipharness::journal::by_chance));
  const Duration delay = link_.delay_to_server(clock_.now(), hop.transport);
  if (delay == Duration::zero()) return take(message, hop);
  const auto arrive = [this, hop, bytes = std::string(message.bytes())] {
    take(MessageView::parse(bytes), hop);
  };
  if (!postponer_.call_after(delay, arrive))
    log_.ignored(hop, message.bytes(), std::string(sipharness::journal::by_chance));
}

void FakeServer::Impl::take(const MessageView& message, const Hop& hop) {
  const Rule* rule = message.is_request() ? behaviour_.decide(message, clock_.now())
                                          : behaviour_.silencer(clock_.now());
  if (rule != nullptr && std::holds_alternative<scenario::Drop>(rule->verb)) {
    log_.ignored(hop, message.bytes(), rule->name);
    return plans_.close(*rule, hop);
  }
  if (rule != nullptr && message.is_request()) plans_.note(message, hop, *rule);
  if (rule != nullptr && postpone(message, hop, *rule)) return;
  pass(message, hop, rule);
}

bool FakeServer::Impl::postpone(const MessageView& message, const Hop& hop, const Rule& rule) {
  const auto* delay = std::get_if<scenario::Delay>(&rule.verb);
  if (delay == nullptr || message.method() == Method::ack) return false;
  const std::uint64_t key = transaction_key(message);
  if (const bool* is_held = delayed_.find(key)) return *is_held;
  const auto let_go = [this, key, hop, bytes = std::string(message.bytes())] {
    delayed_[key] = false;
    pass(MessageView::parse(bytes), hop, nullptr);
  };
  if (!postponer_.call_after(delay->by, let_go)) {
    log_.ignored(hop, message.bytes(), rule.name);
    return true;
  }
  delayed_[key] = true;
  journal_.write(
      journal::Delayed{name_, rule.name, delay->by, std::string(to_string(message.method()))});
  return true;
}

void FakeServer::Impl::pass(const MessageView& message, const Hop& hop, const Rule* rule) {
  met_ = rule;
  transactions_.receive(message, hop);
  met_ = nullptr;
}

void FakeServer::Impl::on_malformed(std::string_view bytes, const Hop& hop) {
  const Rule* silencer = behaviour_.silencer(clock_.now());
  if (reach_ == Reach::unplugged)
    return log_.ignored(hop, bytes, std::string(MessageSender::power_cut));
  if (silencer != nullptr) return log_.ignored(hop, bytes, silencer->name);
  const MessageView message = MessageView::parse(bytes);
  if (!can_be_answered(message)) return;
  auto refusal = MessageBuilder::response_to(message, 400, core_.rng.hex(8));
  refusal.header(HeaderId::server, core_.agent);
  sender_.send(sip::response_hop(message, hop), refusal.str());
}

void FakeServer::Impl::on_keep_alive(std::string_view bytes, const Hop& hop) {
  const Duration now = clock_.now();
  const bool is_ping = hop.transport == Transport::tcp && bytes == "\r\n\r\n";
  // RFC 5626 §4.4.1: the pong. No message, so the journal does not name it.
  if (is_ping && behaviour_.silencer(now) == nullptr && behaviour_.muter(now) == nullptr)
    transport_.send(hop, "\r\n");
}

void FakeServer::Impl::on_request(const TransactionPtr& transaction) {
  if (met_ == nullptr) return service_.serve(transaction, {});
  std::visit([&](const auto& verb) { carry_out(verb, transaction); }, met_->verb);
}

void FakeServer::Impl::carry_out(const scenario::Accept& verb, const TransactionPtr& transaction) {
  service_.serve(transaction, verb);
}

void FakeServer::Impl::carry_out(const scenario::Drop&, const TransactionPtr&) {
  constexpr bool reaches_transactions = true;
  SIPHARNESS_ASSERT(!reaches_transactions, name_, clock_.world.now());
}

void FakeServer::Impl::carry_out(const scenario::Delay&, const TransactionPtr& transaction) {
  // A repeat that comes after its transaction was forgotten: late enough already.
  service_.serve(transaction, {});
}

void FakeServer::Impl::carry_out(const scenario::Reject& verb, const TransactionPtr& transaction) {
  auto response = core_.reply(*transaction, verb.status, {}, verb.reason);
  for (const auto& [name, value] : verb.headers) response.header(name, value);
  if (verb.after == Duration::zero()) return transaction->respond(response.str());
  postponer_.call_after(verb.after,
                        [transaction, text = response.str()] { transaction->respond(text); });
}

void FakeServer::Impl::carry_out(const Challenge& verb, const TransactionPtr& transaction) {
  // RFC 3261 §22.1: a CANCEL cannot be resubmitted, so it is not challenged.
  const bool is_exempt = transaction->request().method() == Method::cancel;
  if (!is_exempt && !challenger_.admits(*transaction, verb)) return;
  scenario::Accept policy{.expires = verb.expires};
  const bool is_register = transaction->request().method() == Method::register_;
  if (verb.next_nonce && is_register)
    policy.headers.emplace_back("Authentication-Info", challenger_.next_nonce());
  service_.serve(transaction, policy);
}

void FakeServer::Impl::carry_out(const scenario::Provisional& verb,
                                 const TransactionPtr& transaction) {
  const int status = verb.status;
  const auto respond = [this, transaction, status] { core_.answer(*transaction, status); };
  if (transaction->request().method() == Method::invite)
    service_.far_end().strand(transaction->request());
  if (verb.after == Duration::zero()) return respond();
  postponer_.call_after(verb.after, respond);
}

void FakeServer::Impl::carry_out(const scenario::Mute&, const TransactionPtr& transaction) {
  sender_.mute(transaction->request(), *met_);
  service_.serve(transaction, {});
}

void FakeServer::Impl::set_zero(TimePoint zero) {
  clock_.zero = zero;
  watch_windows();
}

void FakeServer::Impl::note_unmatched_rules() {
  for (const Rule* rule : behaviour_.unmatched_rules())
    if (!rule->place.text.empty())
      journal_.write(journal::UnmatchedRule{name_, rule->name, rule->place.text});
}

void FakeServer::Impl::watch_windows() {
  windows_.clear();
  auto edges = behaviour_.window_edges();
  edges.push_back(Duration::zero());
  for (const Duration edge : edges) {
    if (!clock_.zero && edge != Duration::zero()) continue;
    const TimePoint zero = clock_.zero.value_or(core_.world.now());
    windows_.push_back(core_.world.call_at(zero + edge, [this] {
      if (is_silent() != was_silent_) note_phase();
    }));
  }
}

void FakeServer::Impl::enter_phase(const std::string& phase) {
  phase_ = phase;
  behaviour_.enter_phase(phase);
  note_phase();
}

bool FakeServer::Impl::is_silent() const {
  return reach_ == Reach::swallowing || reach_ == Reach::unplugged ||
         behaviour_.silencer(clock_.now()) != nullptr;
}

void FakeServer::Impl::note_phase() {
  was_silent_ = is_silent();
  journal_.write(journal::Phase{name_, phase_, was_silent_});
}

void FakeServer::Impl::set_reach(Reach reach) {
  if (reach == reach_) return;
  const bool was_closed = reach_ == Reach::closed;
  if (reach_ != Reach::open) transport_.open();
  reach_ = reach;
  sender_.cut_power(reach == Reach::unplugged);
  if (reach == Reach::closed) transport_.close();
  if (reach == Reach::swallowing) transport_.swallow_streams();
  if (reach == Reach::unplugged) transport_.freeze_streams();
  const bool is_closed = reach == Reach::closed;
  if (is_closed != was_closed) journal_.write(journal::Port{name_, !is_closed});
  if (is_silent() != was_silent_) note_phase();
}

void FakeServer::Impl::close_connections(scenario::Ending how) {
  transport_.end_streams(how_of(how));
}

void FakeServer::Impl::forget_bindings() {
  service_.registrar().forget();
  journal_.write(journal::BindingsForgotten{name_});
}

}  // namespace fake_servers
