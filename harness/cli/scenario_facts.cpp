#include "harness/cli/scenario_facts.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cli/named_plan.hpp"

namespace sipharness::cli {
namespace {

using scenario::Configure;
using scenario::DeviceStep;
using scenario::DeviceVerb;
using scenario::Scenario;

/// policy: what nobody waits for.
constexpr Duration long_from = 10min;

bool is_of_the_guide(const Scenario& scenario) {
  return scenario.source.starts_with("guide");
}
bool is_long(const Scenario& scenario) {
  return scenario.duration >= long_from;
}
bool is_over_tcp(const Scenario& scenario) {
  return scenario.configure.transport == Transport::tcp;
}
bool has_several_devices(const Scenario& scenario) {
  return scenario.devices > 1;
}
bool has_ipv6(const Scenario& scenario) {
  return scenario.ipv6;
}
bool has_names(const Scenario& scenario) {
  return scenario.dns.has_value();
}

/// A setting that not every device has.
struct Setting {
  std::string_view name;
  bool (*is_needed)(const Configure&);
};

constexpr std::array settings{
    Setting{"session timer", [](const Configure& c) { return c.session_timer.has_value(); }},
    Setting{"subscriptions",
            [](const Configure& c) { return c.subscriptions && !c.subscriptions->empty(); }},
    Setting{"MWI", [](const Configure& c) { return c.mwi_subscribe.value_or(false); }},
    Setting{"OPTIONS keep-alive",
            [](const Configure& c) { return c.options_keepalive.has_value(); }},
    Setting{"max_request_retries",
            [](const Configure& c) { return c.max_request_retries.has_value(); }},
    Setting{"TCP", [](const Configure& c) { return c.transport == Transport::tcp; }}};

}  // namespace

const std::vector<Tag>& tags() {
  static const std::vector<Tag> all{
      {"smoke", "in the shipped plan for every build", is_in_smoke_plan},
      {"guide", "stages a case of the guide", is_of_the_guide},
      {"long", "10 minutes or more", is_long},
      {"tcp", "over TCP", is_over_tcp},
      {"ipv6", "over IPv6", has_ipv6},
      {"dns", "servers by name", has_names},
      {"crowd", "several devices, in virtual time only", has_several_devices}};
  return all;
}

std::vector<std::string> tags_of(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Tag& tag : tags())
    if (tag.applies(scenario)) names.emplace_back(tag.name);
  return names;
}

bool has_all_tags(const scenario::Scenario& scenario, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return true;  // without a look at the shipped plans
  const std::vector<std::string> has = tags_of(scenario);
  return std::ranges::all_of(
      wanted, [&has](const std::string& tag) { return std::ranges::find(has, tag) != has.end(); });
}

std::vector<std::string> needs_of(const Scenario& scenario) {
  std::vector<std::string> needs;
  const auto add = [&needs](std::string_view need) {
    if (std::ranges::find(needs, need) == needs.end()) needs.emplace_back(need);
  };
  for (const scenario::Step& step : scenario.timeline)
    if (const auto* device = std::get_if<DeviceStep>(&step.what))
      if (device->verb != DeviceVerb::boot) add(to_string(device->verb));
  for (const Setting& setting : settings)
    if (setting.is_needed(scenario.configure)) add(setting.name);
  if (scenario.ipv6) add("IPv6");
  if (scenario.dns) add("DNS");
  if (scenario.devices > 1) add(fmt::format("{} devices", scenario.devices));
  return needs;
}

std::string needs_text(const Scenario& scenario) {
  const std::vector<std::string> needs = needs_of(scenario);
  return needs.empty() ? "register" : fmt::format("{}", fmt::join(needs, ", "));
}

}  // namespace sipharness::cli
