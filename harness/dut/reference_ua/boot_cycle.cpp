#include "harness/dut/reference_ua/boot_cycle.hpp"

#include <algorithm>
#include <utility>

#include "harness/sip/line_text.hpp"

namespace sipharness::dut {
namespace {

using sip::Method;

constexpr Duration unregister_delay = 10s;
/// Of the deviation starts_late_at_the_secondary.
constexpr Duration boot_delay = 15s;
constexpr Duration register_flood_duration = 20s;
constexpr std::string_view garbage = "REGISTER is what this wants to be\r\n\r\n";

}  // namespace

BootCycle::BootCycle(world::World& world, const Rng& rng, const ReferenceUaOptions& options)
    : core_(world, rng, options,
            {.on_request = [this](TransactionPtr transaction) { take_request(transaction); },
             .on_ack = [this](const sip::MessageView& ack) { calls_.take_ack(ack); },
             .on_stray_response =
                 [this](const sip::MessageView& response) { take_stray(response); }}),
      resolver_(options.name_server
                    ? std::make_unique<dns::Resolver>(world, rng.fork("names"),
                                                      core_.local().address, *options.name_server)
                    : nullptr),
      locator_(resolver_ ? std::make_unique<dns::Locator>(*resolver_, rng.fork("targets"))
                         : nullptr),
      sites_{make_site(ServerRole::primary, rng.fork("primary")),
             make_site(ServerRole::secondary, rng.fork("secondary"))},
      calls_(core_) {
  for (Site& site : sites_) {
    site.registration = std::make_unique<Registration>(
        core_, site.server,
        Registration::Events{.on_settled = [this, &site] { on_settled(site); },
                             .may_start = [this, &site] { return may_register(site); }});
    if (options.profile.options_keepalive)
      site.keep_alive =
          std::make_unique<KeepAlive>(core_, site.server, *options.profile.options_keepalive,
                                      [&site] { site.registration->renew(); });
  }
  if (core_.deviates(Deviation::insists_on_the_nonce_of_the_other_server))
    sites_[1].server.authenticator.borrow_from(sites_[0].server.authenticator);
}

BootCycle::Site BootCycle::make_site(ServerRole role, const Rng& rng) {
  const ReferenceUaOptions& options = core_.options();
  const scenario::Account& account = options.profile.account;
  const std::string& name = account.username();
  const bool is_primary = role == ServerRole::primary;
  const ServerName& given = is_primary ? options.primary_name : options.secondary_name;
  return {
      .server = {.role = role,
                 .endpoint = is_primary ? options.primary : options.secondary,
                 .host = given.host,
                 .by_service = given.by_service,
                 .is_located = given.host.empty(),
                 .authenticator = Authenticator(rng, {name, options.password}, options.deviations),
                 .quarantined_until = {}},
      .registration = nullptr,
      .keep_alive = nullptr,
      .subscriptions = {},
      .message_waiting = nullptr,
      .is_looking_up = false,
      .was_looked_up = false,
      .next_lookup = {},
      .was_registered = false,
      .was_lost = false,
      .calls_since_return = {}};
}

void BootCycle::start() {
  if (!core_.profile().registers) return;
  sites_[0].registration->start();
  if (!core_.deviates(Deviation::starts_late_at_the_secondary))
    return sites_[1].registration->start();
  late_start_ = core_.world().call_after(boot_delay, [this] { sites_[1].registration->start(); });
}

void BootCycle::shut_down() {
  calls_.hang_up_all();
  for (Site& site : sites_) {
    site.subscriptions.clear();
    site.message_waiting.reset();
    if (site.keep_alive) site.keep_alive->stop();
    site.registration->unregister();
  }
}

void BootCycle::move_to(const IpAddress& address) {
  const std::string left = core_.contact();
  core_.move_to(address);
  for (Site& site : sites_) {
    site.registration->leave(left);
    for (const auto& subscription : site.subscriptions) subscription->renew();
    if (site.message_waiting) site.message_waiting->renew();
  }
}

bool BootCycle::locate(Site& site) {
  const Server& server = site.server;
  if (server.host.empty() || locator_ == nullptr || locator_->knows(wanted(server))) return true;
  if (site.was_looked_up) return true;
  if (!std::exchange(site.is_looking_up, true))
    locator_->locate(wanted(server), [this, &site](const std::vector<Endpoint>& machines) {
      on_looked_up(site, machines);
    });
  return false;
}

dns::Locator::Wanted BootCycle::wanted(const Server& server) const {
  const bool asks_for_service = server.by_service && !core_.deviates(Deviation::asks_for_no_srv);
  return {.host = server.host,
          .port = asks_for_service    ? std::nullopt
                  : server.by_service ? std::optional(dns::Locator::default_port)
                                      : std::optional(server.endpoint.port),
          .service = core_.transport() == Transport::tcp ? "_sip._tcp" : "_sip._udp"};
}

void BootCycle::on_looked_up(Site& site, std::vector<Endpoint> machines) {
  site.is_looking_up = false;
  if (core_.deviates(Deviation::takes_srv_targets_backwards)) std::ranges::reverse(machines);
  if (!machines.empty()) site.server.move_to(std::move(machines));
  if (site.server.is_located) {
    site.was_looked_up = true;
    site.registration->resume();
    site.was_looked_up = false;
    return;
  }
  // policy: a name that leads nowhere is a server that cannot be reached.
  site.next_lookup = core_.world().call_after(core_.profile().retry_wait(),
                                              [&site] { site.registration->resume(); });
}

bool BootCycle::may_register(Site& site) {
  if (!locate(site)) return false;
  const bool again = site.registration->is_registered();
  if (!site.server.is_primary()) {
    const bool primary_down = sites_[0].registration->is_known_down();
    if (core_.deviates(Deviation::registers_only_at_primary)) return false;
    if (again && core_.deviates(Deviation::refreshes_only_at_primary)) return false;
    if (again && primary_down &&
        core_.deviates(Deviation::neglects_secondary_while_primary_is_down))
      return false;
  } else if (site.registration->is_known_down() &&
             core_.deviates(Deviation::gives_up_on_a_failed_primary)) {
    return false;
  }
  return !core_.deviates(Deviation::one_server_holds_up_the_other) ||
         !other(site).registration->is_outstanding();
}

void BootCycle::on_settled(Site& site) {
  const bool first = site.registration->is_registered() && !site.was_registered;
  if (first) {
    site.was_registered = true;
    on_first_registration(site);
  } else if (site.registration->is_registered() && site.was_lost) {
    on_return(site);
  }
  keep_alive(site);
  const bool was_lost = std::exchange(site.was_lost, site.registration->is_known_down());
  if (site.was_lost && !was_lost && core_.deviates(Deviation::hangs_up_with_its_registration))
    calls_.hang_up_all();
  if (site.server.is_primary() && site.was_lost &&
      core_.deviates(Deviation::drops_subscriptions_with_the_primary))
    other(site).subscriptions.clear();
  if (core_.profile().mwi_subscribe) place_message_waiting();
  if (core_.deviates(Deviation::floods_registers_on_return) &&
      site.registration->was_answered_late())
    flood_registers(*site.registration);
  other(site).registration->resume();
}

void BootCycle::on_first_registration(Site& site) {
  subscribe(site);
  if (site.server.is_primary()) {
    if (core_.deviates(Deviation::sends_garbage))
      core_.send_raw(garbage, core_.hop_to(site.server.endpoint));
  } else if (core_.deviates(Deviation::drops_the_secondary_again)) {
    late_unregister_ =
        core_.world().call_after(unregister_delay, [&site] { site.registration->unregister(); });
  }
}

void BootCycle::on_return(Site& site) {
  site.calls_since_return = 0;
  if (!site.server.is_primary()) return;
  core_.note_return_of_primary();
  if (core_.deviates(Deviation::drops_the_call_on_return)) calls_.hang_up_all();
}

void BootCycle::flood_registers(Registration& registration) {
  register_flood_.clear();
  for (Duration later = 1s; later <= register_flood_duration; later += 1s)
    register_flood_.push_back(core_.world().call_after(later, [&registration] {
      if (!registration.is_outstanding()) registration.start();
    }));
}

void BootCycle::keep_alive(Site& site) {
  if (!site.keep_alive) return;
  if (site.registration->is_registered())
    site.keep_alive->start();
  else
    site.keep_alive->stop();
}

void BootCycle::subscribe(Site& site) {
  if (!site.server.is_primary() && core_.deviates(Deviation::subscribes_at_the_primary_only))
    return;
  std::vector<std::string> events = core_.profile().subscriptions;
  for (std::string& event : events) {
    site.subscriptions.push_back(
        std::make_unique<Subscription>(core_, site.server, std::move(event)));
    site.subscriptions.back()->start();
  }
}

void BootCycle::place_message_waiting() {
  // "except for message waiting": one server has it, the primary while it answers (AMB-2).
  const bool primary_is_down = sites_[0].registration->is_known_down();
  const bool takes_both = core_.deviates(Deviation::subscribes_mwi_at_both);
  for (Site& site : sites_) {
    std::unique_ptr<Subscription>& waiting = site.message_waiting;
    const bool is_up = site.registration->is_registered();
    const bool is_place = takes_both || site.server.is_primary() != primary_is_down;
    if (!is_up && site.registration->is_known_down()) waiting.reset();
    if (!is_place && waiting) waiting->stop();
    if (!is_place || !is_up || (waiting && !waiting->is_stopped())) continue;
    waiting = std::make_unique<Subscription>(core_, site.server, "message-summary");
    waiting->start();
  }
}

Standing BootCycle::standing(const Site& site) {
  return {.is_registered = site.registration->is_registered(),
          .is_known_down = site.registration->is_known_down(),
          .is_quarantined =
              !site.server.is_located || site.server.quarantined_until > core_.world().now(),
          .calls_since_return = site.calls_since_return};
}

bool BootCycle::dial(const std::string& number) {
  const DeviationSet& deviations = core_.options().deviations;
  const Standing secondary = standing(site(ServerRole::secondary));
  std::vector<Stop> route;
  for (const ServerRole role :
       route_of_call(standing(site(ServerRole::primary)), secondary, deviations))
    for (const Endpoint& machine : site(role).server.machines_in_turn())
      route.push_back({&site(role).server, machine});
  if (route.empty()) return false;
  if (core_.deviates(Deviation::dials_only_after_a_challenge) && !was_challenged()) return true;
  for (Site& site : sites_)
    if (site.calls_since_return) ++*site.calls_since_return;
  calls_.dial(number, std::move(route), pause_before_dialling(secondary, deviations));
  return true;
}

bool BootCycle::was_challenged() const {
  return std::ranges::any_of(
      sites_, [](const Site& site) { return site.server.authenticator.was_challenged(); });
}

void BootCycle::take_request(const TransactionPtr& transaction) {
  const sip::MessageView& request = transaction->request();
  if (sip::has_unfit_part(request)) {  // §21.4.1: no request could be sent in its dialog
    core_.answer(*transaction, 400);
  } else if (request.method() == Method::cancel) {
    if (!calls_.take_cancel(*transaction)) core_.answer(*transaction, 481);
  } else if (request.method() == Method::notify) {
    take_notify(transaction);
  } else if (request.to_tag().empty()) {
    take_new_request(transaction);
  } else if (!calls_.take_request(transaction)) {
    answer_unknown(*transaction);
  }
}

void BootCycle::take_stray(const sip::MessageView& response) {
  if (response.method() != Method::register_) return calls_.take_stray(response);
  for (Site& site : sites_) site.registration->take_stray(response);
}

void BootCycle::answer_unknown(sip::ServerTransaction& transaction) {
  const bool is_bye = transaction.request().method() == Method::bye;
  if (is_bye && core_.deviates(Deviation::ignores_late_answers_and_their_bye)) return;
  core_.answer(transaction, is_bye && core_.deviates(Deviation::takes_any_bye) ? 200 : 481);
}

void BootCycle::take_notify(const TransactionPtr& transaction) {
  for (Site& site : sites_)
    for (const auto& subscription : site.subscriptions)
      if (subscription->take_notify(*transaction)) return;
  for (Site& site : sites_)
    if (site.message_waiting && site.message_waiting->take_notify(*transaction)) return;
  if (!calls_.take_request(transaction)) core_.answer(*transaction, 481);
}

bool BootCycle::turns_away_calls_of(Site& caller) {
  if (core_.deviates(Deviation::deaf_after_refresh) && caller.registration->accepted() > 1)
    return true;
  if (caller.server.is_primary()) return false;
  return core_.deviates(other(caller).registration->is_known_down()
                            ? Deviation::turns_secondary_callers_away
                            : Deviation::answers_to_a_live_primary_alone);
}

void BootCycle::take_call(const TransactionPtr& invite) {
  const bool by_secondary = invite->hop().remote == site(ServerRole::secondary).server.endpoint;
  Site& caller = site(by_secondary ? ServerRole::secondary : ServerRole::primary);
  if (turns_away_calls_of(caller)) return core_.answer(*invite, 480);
  calls_.take_invite(invite, caller.server);
}

void BootCycle::take_new_request(const TransactionPtr& transaction) {
  switch (transaction->request().method()) {
    case Method::invite:
      return take_call(transaction);
    case Method::options:
      return core_.answer(*transaction, 200);
    case Method::bye:
      return answer_unknown(*transaction);
    default:
      return core_.refuse_method(*transaction);
  }
}

}  // namespace sipharness::dut
