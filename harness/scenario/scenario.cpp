#include "harness/scenario/scenario.hpp"

#include <algorithm>

#include "harness/base/assert.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {
namespace {

bool belongs_to(const Rule& rule, const std::string& phase) {
  return rule.phase.empty() || rule.phase == phase;
}

}  // namespace

bool is_unconditional(const Rule& rule) {
  return rule.methods.empty() && rule.nth_from <= 1 && !rule.nth_to && !rule.in_dialog &&
         rule.event.empty() && !rule.from && !rule.until && rule.probability >= 1;
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
  const auto apply = [](const auto& setting, auto& target) {
    if (setting) target = *setting;
  };
  apply(configure.register_expiration, given.register_expiration);
  apply(configure.reregister_before, given.reregister_before);
  apply(configure.subscribe_expiration, given.subscribe_expiration);
  apply(configure.subscriptions, given.subscriptions);
  apply(configure.mwi_subscribe, given.mwi_subscribe);
  apply(configure.transport, given.transport);
  if (configure.max_request_retries) given.max_request_retries = configure.max_request_retries;
  return given;
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
