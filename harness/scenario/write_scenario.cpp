// The effective scenario as JSON: everything written out, so that a run folder needs no other file.

#include <nlohmann/json.hpp>

#include "harness/scenario/scenario.hpp"
#include "harness/scenario/words.hpp"
#include "harness/scenario/write_settings.hpp"

namespace sipharness::scenario {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(Duration duration) {
  return format_duration(duration);
}

void put(Json& object, const char* key, const std::optional<Duration>& value) {
  if (value) object[key] = json_of(*value);
}

void put(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

// --- Verbs: the member that says what a rule does ------------------------------------------------

struct VerbWriter {
  Json& rule;

  void operator()(const Accept& accept) const {
    Json& settings = rule["accept"] = Json::object();
    put(settings, "expires", accept.expires);
    settings["expires_in"] = words::name_of(words::expiry_places, accept.expires_in_contact);
    for (const auto& [name, value] : accept.headers) settings["headers"][name] = value;
    settings["notify"] = words::name_of(words::notify_times, accept.notify);
    if (!accept.terminate) return;
    Json& end = settings["terminate"] = Json{{"after", json_of(accept.terminate->after)}};
    put(end, "reason", accept.terminate->reason);
    put(end, "retry_after", accept.terminate->retry_after);
    for (const Router router : accept.record_route)
      settings["record_route"].push_back(words::name_of(words::routers, router));
  }
  void operator()(const Drop&) const { rule["drop"] = true; }
  void operator()(const Delay& delay) const { rule["delay"] = json_of(delay.by); }
  void operator()(const Reject& reject) const {
    Json& settings = rule["reject"] =
        Json{{"status", reject.status}, {"after", json_of(reject.after)}};
    put(settings, "reason", reject.reason);
    for (const auto& [name, value] : reject.headers) settings["headers"][name] = value;
  }
  void operator()(const ChallengeWith& with) const {
    const sip::Challenge& challenge = with.challenge;
    rule["challenge"] = Json{{"status", with.status},        {"realm", challenge.realm},
                             {"algorithm", with.algorithms}, {"qop", challenge.qop_auth},
                             {"stale", challenge.stale},     {"admits", with.admits}};
  }
  void operator()(const Provisional& provisional) const {
    rule["provisional"] =
        Json{{"status", provisional.status}, {"after", json_of(provisional.after)}};
  }
  void operator()(const Mute&) const { rule["mute"] = true; }
};

// --- Servers -------------------------------------------------------------------------------------

void put_nth(Json& object, const Rule& rule) {
  if (rule.nth_to && *rule.nth_to == rule.nth_from) {
    object["nth"] = rule.nth_from;
  } else if (rule.nth_from > 1 || rule.nth_to) {
    object["nth"]["from"] = rule.nth_from;
    if (rule.nth_to) object["nth"]["to"] = *rule.nth_to;
  }
}

Json json_of(const Rule& rule) {
  Json object{{"name", rule.name}};
  put(object, "phase", rule.phase);
  for (const sip::Method method : rule.methods) object["method"].push_back(to_string(method));
  put_nth(object, rule);
  if (rule.in_dialog) object["in_dialog"] = *rule.in_dialog;
  put(object, "event", rule.event);
  put(object, "from", rule.from);
  put(object, "until", rule.until);
  if (rule.probability < 1) object["probability"] = rule.probability;
  for (const Duration after : rule.repeat) object["repeat"].push_back(json_of(after));
  put(object, "foreign_sent_by", rule.foreign_sent_by);
  std::visit(VerbWriter{object}, rule.verb);
  return object;
}

Json json_of(const FarEnd& far_end) {
  const auto delay = [](const std::optional<Duration>& value) {
    return value ? json_of(*value) : Json(words::never);
  };
  return Json{{"ring", delay(far_end.ring)},
              {"answer", delay(far_end.answer)},
              {"hang_up", delay(far_end.hang_up)}};
}

Json json_of(const SessionTimer& timer) {
  Json object{{"expires", json_of(timer.expires)},
              {"min", json_of(timer.min)},
              {"refresher", words::name_of(words::refreshers, timer.device_refreshes)}};
  if (!timer.device_refreshes) object["refreshes"] = timer.refreshes;
  return object;
}

Json json_of(const Link& link) {
  return Json{{"lose_to_server", link.lose_to_server},
              {"lose_to_device", link.lose_to_device},
              {"duplicate_to_device", link.duplicate_to_device}};
}

Json json_of(const Server& server) {
  Json object;
  if (server.address) object["address"] = server.address->text();
  put(object, "host", server.host);
  object["port"] = server.port;
  if (server.sent_by_port) object["sent_by_port"] = *server.sent_by_port;
  object["far_end"] = json_of(server.far_end);
  if (server.far_end.session_timer)
    object["far_end"]["session_timer"] = json_of(*server.far_end.session_timer);
  object["link"] = json_of(server.link);
  object["rules"] = Json::array();
  for (const Rule& rule : server.rules) object["rules"].push_back(json_of(rule));
  return object;
}

Json json_of(const NameRecord& record) {
  Json object{{"name", record.name}};
  if (record.answer != NameAnswer::addresses)
    object["answer"] = words::name_of(words::name_answers, record.answer);
  for (const NameTarget& target : record.targets)
    object["address"].push_back(target.address ? target.address->text() : target.server);
  object["ttl"] = json_of(record.time_to_live);
  put(object, "from", record.from);
  put(object, "until", record.until);
  return object;
}

Json json_of(const NameServer& server) {
  Json object;
  if (server.address) object["address"] = server.address->text();
  object["port"] = server.port;
  object["records"] = Json::array();
  for (const NameRecord& record : server.records) object["records"].push_back(json_of(record));
  return object;
}

// --- Timeline and the rest -----------------------------------------------------------------------

Json json_of(const Step& step) {
  Json object;
  const When& when = step.when;
  if (when.after) {
    object["after"] = to_string(*when.after);
    object["plus"] = json_of(when.at);
    put(object, "deadline", when.deadline);
  } else {
    object["at"] = json_of(when.at);
  }
  std::visit([&object](const auto& what) { object["do"] = to_string(what.verb); }, step.what);
  if (const auto* const device = std::get_if<DeviceStep>(&step.what)) {
    put(object, "number", device->number);
    return object;
  }
  const auto& server = std::get<ServerStep>(step.what);
  object["server"] = server.server;
  put(object, "event", server.event);
  if (server.verb == ServerVerb::phase)
    object["phase"] = server.phase.empty() ? std::string(words::default_phase) : server.phase;
  for (const Duration repeat : server.sending.repeats) object["repeats"].push_back(json_of(repeat));
  if (server.sending.withheld_acks > 0) object["withhold_acks"] = server.sending.withheld_acks;
  return object;
}

Json json_of(const Configure& configure) {
  Json object = Json::object();
  put(object, "register_expiration", configure.register_expiration);
  put(object, "reregister_before", configure.reregister_before);
  put(object, "subscribe_expiration", configure.subscribe_expiration);
  if (configure.subscriptions) object["subscriptions"] = *configure.subscriptions;
  if (configure.mwi_subscribe) object["mwi_subscribe"] = *configure.mwi_subscribe;
  put(object, "session_timer", configure.session_timer);
  if (configure.options_keepalive)
    object["options_keepalive"] = json_of(*configure.options_keepalive);
  if (configure.max_request_retries) object["max_request_retries"] = *configure.max_request_retries;
  if (configure.transport) object["transport"] = to_string(*configure.transport);
  return object;
}

Json json_of(const Expectation& expectation) {
  if (!expectation.min && !expectation.max) return expectation.requirement;
  Json object{{"requirement", expectation.requirement}};
  put(object, "min", expectation.min);
  put(object, "max", expectation.max);
  return object;
}

template <class Item>
Json list_of(const std::vector<Item>& items) {
  Json array = Json::array();
  for (const Item& item : items) array.push_back(json_of(item));
  return array;
}

}  // namespace

std::string to_json(const Scenario& scenario) {
  Json object{{"name", scenario.name}};
  put(object, "variant", scenario.variant);
  object["title"] = scenario.title;
  put(object, "why", scenario.why);
  put(object, "source", scenario.source);
  object["duration"] = json_of(scenario.duration);
  object["ipv6"] = scenario.ipv6;
  object["real_time"] = scenario.real_time;
  object["devices"] = scenario.devices;
  object["configure"] = json_of(scenario.configure);
  for (const Server& server : scenario.servers) object["servers"][server.name] = json_of(server);
  if (scenario.dns) object["dns"] = json_of(*scenario.dns);
  object["timeline"] = list_of(scenario.timeline);
  object["expect"] = list_of(scenario.expect);
  return object.dump(2) + "\n";
}

}  // namespace sipharness::scenario
