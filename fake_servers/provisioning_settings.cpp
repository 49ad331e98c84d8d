#include "fake_servers/provisioning_settings.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace fake_servers {

namespace scenario = sipharness::scenario;
using sipharness::Duration;
using sipharness::Endpoint;
using sipharness::Expected;
using namespace std::chrono_literals;

namespace {

struct ActionUrl {
  std::string_view event;
  std::string_view p;
  std::string_view alias;
};

constexpr std::array action_urls{
    ActionUrl{"setupCompleted", "P8304", "ons.actionUrl.setupCompleted"},
    ActionUrl{"registered", "P8305", "ons.actionUrl.registered"},
    ActionUrl{"unregistered", "P8306", "ons.actionUrl.unregistered"},
    ActionUrl{"offHook", "P8308", "ons.actionUrl.offHook"},
    ActionUrl{"onHook", "P8309", "ons.actionUrl.onHook"},
    ActionUrl{"incomingCall", "P8310", "ons.actionUrl.incomingCall"},
    ActionUrl{"outgoingCall", "P8311", "ons.actionUrl.outgoingCall"},
    ActionUrl{"missedCall", "P8312", "ons.actionUrl.missedCall"},
    ActionUrl{"establishedCall", "P8313", "ons.actionUrl.establishedCall"},
    ActionUrl{"terminatedCall", "P8314", "ons.actionUrl.terminatedCall"},
    ActionUrl{"holdCall", "P8324", "ons.actionUrl.holdCall"},
    ActionUrl{"unholdCall", "P8325", "ons.actionUrl.unholdCall"},
};

/// policy: what each URL tells; the phone fills the variables in, or sends them as they are.
constexpr std::string_view action_variables =
    "mac=$mac&local=$local&remote=$remote&call=$call-id&duration=$duration";

/// A time that the phone counts in an option, by its P value and its alias word.
struct TimerOption {
  Duration time;
  std::string_view p_value;
  std::string_view alias_value;
};
constexpr std::array t1_options{TimerOption{500ms, "50", "0.5sec"}, TimerOption{1s, "100", "1sec"},
                                TimerOption{2s, "200", "2sec"}};
constexpr std::array t2_options{TimerOption{2s, "200", "2sec"}, TimerOption{4s, "400", "4sec"},
                                TimerOption{8s, "800", "8sec"}};

constexpr auto longest_expiration = 64800min;

class Settings {
 public:
  /// A text or number that both forms write alike.
  void add(std::string_view p, std::string_view alias, std::string value) {
    settings_.push_back({p, alias, value, value});
  }
  void add_switch(std::string_view p, std::string_view alias, bool value) {
    settings_.push_back({p, alias, value ? "1" : "0", value ? "Yes" : "No"});
  }
  void add_words(std::string_view p, std::string_view alias, std::string_view p_value,
                 std::string_view alias_value) {
    settings_.push_back({p, alias, std::string(p_value), std::string(alias_value)});
  }
  template <class Unit>
  void add_count(std::string_view p, std::string_view alias, Duration value) {
    add(p, alias, std::to_string(std::chrono::duration_cast<Unit>(value).count()));
  }
  template <std::size_t n>
  void add_timer(std::string_view p, std::string_view alias,
                 const std::array<TimerOption, n>& options, Duration wanted) {
    for (const TimerOption& option : options)
      if (option.time == wanted) return add_words(p, alias, option.p_value, option.alias_value);
    std::string allowed;
    for (const TimerOption& option : options)
      allowed += (allowed.empty() ? "" : ", ") + sipharness::format_duration(option.time);
    refuse(fmt::format("{} cannot be {}: a GRP26xx knows {}", alias,
                       sipharness::format_duration(wanted), allowed));
  }
  void refuse(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
  }

  Expected<std::vector<PhoneSetting>> take() && {
    if (!problem_.empty()) return sipharness::failure("provisioning", problem_);
    return std::move(settings_);
  }

 private:
  std::vector<PhoneSetting> settings_;
  std::string problem_;
};

std::string place_of(const scenario::Server& server) {
  if (server.by_srv) return server.host.value_or("");
  if (server.host) return fmt::format("{}:{}", *server.host, server.port);
  return Endpoint{*server.address, server.port}.text();
}

void add_servers(const PhoneConfiguration& wanted, Settings& settings) {
  const auto& scenario = wanted.scenario;
  settings.add("P47", "account.1.sip.server.1.address", place_of(scenario.server("primary")));
  settings.add("P2312", "account.1.sip.server.2.address", place_of(scenario.server("secondary")));
  // What else could lead the phone past these two.
  settings.add("P48", "account.1.sip.outboundProxy.1.address", "");
  settings.add("P2333", "account.1.sip.outboundProxy.2.address", "");
  settings.add("P2375", "account.1.sip.blf.server", "");
  const bool by_srv = std::ranges::any_of(scenario.servers, &scenario::Server::by_srv);
  settings.add_words("P103", "account.1.network.dnsMode", by_srv ? "1" : "0",
                     by_srv ? "SRV" : "ARecord");
  settings.add_switch("P52", "account.1.network.natTraversal", false);
  // The words for transports are disputed, the numbers are not.
  const bool tcp = wanted.profile.transport == sipharness::Transport::tcp;
  settings.add("P130", "account.1.sip.transport", tcp ? "1" : "0");
  settings.add("P40", "account.1.sip.localPort", "5060");
  settings.add_switch("P78", "network.rtp.useRandomPort", false);
}

void add_account(const PhoneConfiguration& wanted, Settings& settings) {
  const scenario::Account& account = wanted.profile.account;
  settings.add_switch("P271", "account.1.enable", true);
  settings.add("P270", "account.1.name", "sipharness");
  settings.add("P3", "account.1.sip.subscriber.name", "Test " + account.user);
  settings.add("P35", "account.1.sip.userid", account.user);
  settings.add("P36", "account.1.sip.subscriber.userid", account.username());
  if (wanted.password) settings.add("P34", "account.1.sip.subscriber.password", *wanted.password);
}

void add_registration(const scenario::Profile& profile, Settings& settings) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  const Duration expiration = profile.register_expiration.value_or(Duration::zero());
  if (expiration % 1min != 0s || expiration < 1min || expiration > longest_expiration)
    settings.refuse(
        fmt::format("Register Expiration cannot be {}: a GRP26xx counts it in whole "
                    "minutes from 1 to 64800",
                    sipharness::format_duration(expiration)));
  settings.add_switch("P31", "account.1.sip.registration", profile.registers);
  settings.add_switch("P81", "account.1.sip.unregisterOnReboot", false);
  settings.add_count<minutes>("P32", "account.1.sip.registerExpiration", expiration);
  settings.add_count<seconds>("P2330", "account.1.sip.registerBeforeExpiration",
                              profile.reregister_margin());
  settings.add_count<seconds>("P138", "account.1.sip.registrationFailureRetryWaitTime",
                              profile.retry_wait());
  settings.add_count<minutes>("P26051", "account.1.sip.subscribe.expiration",
                              profile.subscribe_expiration);
  settings.add_switch("P99", "account.1.sip.subscribe.forMwi", profile.mwi_subscribe);
  settings.add_timer("P209", "account.1.sip.timer.t1", t1_options, profile.timers.t1);
  settings.add_timer("P250", "account.1.sip.timer.t2", t2_options, profile.timers.t2);
  if (profile.max_request_retries)
    settings.add("P60055", "account.1.network.maxNumOfRetries",
                 std::to_string(*profile.max_request_retries));
}

void add_features(const scenario::Profile& profile, Settings& settings) {
  using std::chrono::seconds;
  settings.add_switch("P2347", "account.1.sip.validate.incomingServer",
                      profile.accept_incoming_from_proxy_only);
  settings.add_switch("P258", "account.1.sip.validate.userIdforInvite", profile.check_sip_user_id);
  settings.add_switch("P2397", "account.1.sip.keepAlive.enable",
                      profile.options_keepalive.has_value());
  if (profile.options_keepalive) {
    settings.add_count<seconds>("P2398", "account.1.sip.keepAlive.interval",
                                profile.options_keepalive->interval);
    settings.add("P2399", "account.1.sip.keepAlive.maxLost",
                 std::to_string(profile.options_keepalive->max_lost));
  }
  settings.add_switch("P2395", "account.1.sip.sessionTimer.enable",
                      profile.session_timer.has_value());
  if (profile.session_timer)
    settings.add_count<seconds>("P260", "account.1.sip.sessionTimer.expiration",
                                *profile.session_timer);
  settings.add_count<seconds>("P261", "account.1.sip.minimumSE", profile.min_se);
}

void add_remote_control(const Endpoint& harness, Settings& settings) {
  settings.add_switch("P32050", "remoteControl.enable", true);
  settings.add_switch("P32051", "remoteControl.confirmWindow.enable", false);
  settings.add("P32052", "remoteControl.allowList", harness.address.text());
  for (const ActionUrl& url : action_urls)
    settings.add(url.p, url.alias,
                 fmt::format("{}/action/{}?{}", harness.text(), url.event, action_variables));
}

}  // namespace

Expected<std::vector<PhoneSetting>> settings_for(const PhoneConfiguration& wanted) {
  Settings settings;
  add_servers(wanted, settings);
  add_account(wanted, settings);
  add_registration(wanted.profile, settings);
  add_features(wanted.profile, settings);
  add_remote_control(wanted.harness, settings);
  return std::move(settings).take();
}

std::vector<std::string_view> action_url_events() {
  std::vector<std::string_view> events;
  for (const ActionUrl& url : action_urls) events.push_back(url.event);
  return events;
}

}  // namespace fake_servers
