#include "harness/scenario/scenario.hpp"

#include <algorithm>

#include "harness/base/assert.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {
namespace {

bool belongs_to(const Rule& rule, const std::string& phase) {
  return !rule.phase || *rule.phase == phase;
}

/// What a key that is absent (a wildcard) or the same leaves to be matched.
template <class Key>
bool allows_all_of(const Key& wide, const Key& narrow) {
  return wide == Key{} || wide == narrow;
}

bool matches_methods_of(const Rule& wide, const Rule& narrow) {
  if (wide.methods.empty()) return true;
  const auto known = [&wide](sip::Method method) {
    return std::ranges::find(wide.methods, method) != wide.methods.end();
  };
  return !narrow.methods.empty() && std::ranges::all_of(narrow.methods, known);
}

bool lasts_as_long_as(const Rule& wide, const Rule& narrow) {
  const bool begins = !wide.from || (narrow.from && *wide.from <= *narrow.from);
  const bool ends = !wide.until || (narrow.until && *narrow.until <= *wide.until);
  return begins && ends;
}

}  // namespace

bool is_unconditional(const Rule& rule) {
  return rule.methods.empty() && rule.nth_from <= 1 && !rule.nth_to && !rule.in_dialog &&
         !rule.event && !rule.from && !rule.until && rule.probability >= 1;
}

bool is_hidden_by(const Rule& rule, const Rule& earlier) {
  // Rules count what they would match, each for itself: numbers do not compare.
  const bool takes_every_one = earlier.nth_from <= 1 && !earlier.nth_to && earlier.probability >= 1;
  return takes_every_one && allows_all_of(earlier.phase, rule.phase) &&
         matches_methods_of(earlier, rule) && allows_all_of(earlier.in_dialog, rule.in_dialog) &&
         allows_all_of(earlier.event, rule.event) && lasts_as_long_as(earlier, rule);
}

bool is_silent_phase(const Server& server, const std::string& phase) {
  for (const Rule& rule : server.rules) {
    if (!belongs_to(rule, phase)) continue;
    if (!std::holds_alternative<Drop>(rule.verb)) return false;
    if (is_unconditional(rule)) return true;
  }
  return false;
}

std::string Scenario::full_name() const {
  return variant.empty() ? name : name + "/" + variant;
}

const Server& Scenario::server(std::string_view wanted) const {
  const auto found = std::find_if(servers.begin(), servers.end(),
                                  [wanted](const Server& s) { return s.name == wanted; });
  SIPHARNESS_ASSERT(found != servers.end(), wanted, TimePoint{});
  return *found;
}

bool Scenario::expects(std::string_view requirement) const {
  return std::any_of(expect.begin(), expect.end(), [requirement](const Expectation& expectation) {
    return expectation.requirement == requirement;
  });
}

Profile configured(const Profile& profile, const Scenario& scenario) {
  Profile given = profile;
  const Configure& configure = scenario.configure;
  const auto apply = [&profile](std::string_view key, const auto& setting, auto& target) {
    if (setting && profile.has_setting(key)) target = *setting;
  };
  apply("register_expiration", configure.register_expiration, given.register_expiration);
  if (given.reregister_before)
    apply("reregister_before", configure.reregister_before, given.reregister_before);
  apply("subscribe_expiration", configure.subscribe_expiration, given.subscribe_expiration);
  apply("subscriptions", configure.subscriptions, given.subscriptions);
  apply("mwi_subscribe", configure.mwi_subscribe, given.mwi_subscribe);
  apply("transport", configure.transport, given.transport);
  apply("session_timer", configure.session_timer, given.session_timer);
  apply("options_keepalive", configure.options_keepalive, given.options_keepalive);
  apply("reliable_provisionals", configure.reliable_provisionals, given.reliable_provisionals);
  apply("max_request_retries", configure.max_request_retries, given.max_request_retries);
  return given;
}

std::string_view other_server(std::string_view name) {
  return words::servers[name == words::servers[0].name ? 1 : 0].name;
}

std::string_view to_string(DeviceVerb verb) {
  return words::name_of<words::Action>(words::actions, verb);
}

std::string_view to_string(ServerVerb verb) {
  return words::name_of<words::Action>(words::actions, verb);
}

std::string to_string(const Anchor& anchor) {
  const std::string kind(words::name_of(words::anchors, anchor.kind));
  return anchor.server.empty() ? kind : anchor.server + "." + kind;
}

}  // namespace sipharness::scenario
