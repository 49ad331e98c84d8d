// Settings of a device, as scenarios (`configure`) and profiles both have them.

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {
namespace {

/// policy: more OPTIONS in a row than that are not waited for.
constexpr double most_lost = 1000;

void check_whole(const Fields& fields, std::string_view key, Duration unit, std::string_view name) {
  const json::Value* const value = fields.find(key);
  if (value == nullptr || value->kind != json::Kind::string) return;
  const std::optional<Duration> duration = parse_duration(value->string);
  if (duration && *duration % unit != Duration::zero())
    fields.problems().add(
        *value, fmt::format("found {}; phones count this in whole {}", describe(*value), name));
}

}  // namespace

void check_whole_minutes(const Fields& fields, std::string_view key) {
  check_whole(fields, key, 1min, "minutes");
}

void check_whole_seconds(const Fields& fields, std::string_view key) {
  check_whole(fields, key, 1s, "seconds");
}

std::vector<std::string> read_subscriptions(const json::Value& value, Problems& problems) {
  std::vector<std::string> packages;
  for (const json::Value& item : items_of(value, problems)) {
    std::string_view package;
    if (read_choice<std::string_view>(item, problems, words::event_packages, package))
      packages.emplace_back(package);
  }
  return packages;
}

void read_options_keepalive(const Fields& fields, std::optional<OptionsKeepAlive>& into) {
  const json::Value* const value = fields.find("options_keepalive");
  if (value == nullptr) return;
  OptionsKeepAlive& keep_alive = into.emplace();
  const Fields parts(*value, keys::options_keepalive, fields.problems());
  parts.read("interval", keep_alive.interval);
  parts.read_integer("max_lost", {1, most_lost}, keep_alive.max_lost);
  check_whole_seconds(parts, "interval");
  if (keep_alive.interval <= Duration::zero())
    fields.problems().add(*parts.find("interval"), "OPTIONS cannot follow each other at once");
}

Configure read_configure(const json::Value& value, Problems& problems) {
  Configure configure;
  const Fields fields(value, keys::configure, problems);
  fields.read("register_expiration", configure.register_expiration);
  fields.read("reregister_before", configure.reregister_before);
  fields.read("subscribe_expiration", configure.subscribe_expiration);
  fields.read("mwi_subscribe", configure.mwi_subscribe);
  fields.read("session_timer", configure.session_timer);
  check_whole_seconds(fields, "session_timer");
  read_options_keepalive(fields, configure.options_keepalive);
  check_whole_minutes(fields, "register_expiration");
  check_whole_seconds(fields, "reregister_before");
  check_whole_minutes(fields, "subscribe_expiration");
  if (const json::Value* const packages = fields.find("subscriptions"))
    configure.subscriptions = read_subscriptions(*packages, problems);
  if (fields.find("max_request_retries") != nullptr)
    fields.read_integer("max_request_retries", {0, 10}, configure.max_request_retries.emplace());
  if (fields.find("transport") != nullptr)
    fields.read("transport", configure.transport.emplace(), words::transports);
  return configure;
}

}  // namespace sipharness::scenario
