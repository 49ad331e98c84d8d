// A scenario file: its variants, each read part by part, then held against itself.

#include <algorithm>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/words.hpp"
#include "harness/verdict/requirement.hpp"

namespace sipharness::scenario {
namespace {

std::string stem(std::string_view file) {
  file.remove_prefix(file.rfind('/') + 1);
  if (file.ends_with(".json")) file.remove_suffix(5);
  return std::string(file);
}

std::vector<std::string_view> requirement_ids() {
  std::vector<std::string_view> ids;
  for (const verdict::Requirement& row : verdict::requirements()) ids.push_back(row.id);
  return ids;
}

void read_requirement(const json::Value& value, Problems& problems, std::string& into) {
  if (!read_value(value, problems, into) || verdict::find_requirement(into) != nullptr) return;
  problems.add(value, fmt::format("found \"{}\", which is no requirement of the catalogue{}", into,
                                  did_you_mean(into, requirement_ids())));
}

Expectation read_expectation(const json::Value& value, Problems& problems) {
  Expectation expectation;
  if (value.kind != json::Kind::object) {
    read_requirement(value, problems, expectation.requirement);
    return expectation;
  }
  const Fields fields(value, keys::expectation, problems);
  fields.require({"requirement"});
  if (const json::Value* const id = fields.find("requirement"))
    read_requirement(*id, problems, expectation.requirement);
  fields.read("min", expectation.min);
  fields.read("max", expectation.max);
  if (expectation.min && expectation.max && *expectation.max < *expectation.min)
    problems.add(*fields.find("max"), "the window ends before it begins");
  return expectation;
}

void read_servers(const json::Value& value, Problems& problems, Draft& draft) {
  const Fields fields(value, keys::servers, problems);
  fields.require({"primary", "secondary"});
  for (const std::string_view name : keys::servers) {
    if (const json::Value* const server = fields.find(name))
      draft.servers.push_back(read_server(std::string(name), *server, problems));
  }
}

void read_timeline(const json::Value& value, Problems& problems, Draft& draft) {
  draft.timeline = &value;
  for (const json::Value& item : items_of(value, problems)) {
    draft.scenario.timeline.push_back(read_step(item, problems));
    draft.steps.push_back(&item);
  }
}

void read_expect(const json::Value& value, Problems& problems, Draft& draft) {
  for (const json::Value& item : items_of(value, problems)) {
    draft.scenario.expect.push_back(read_expectation(item, problems));
    draft.expectations.push_back(&item);
  }
}

void read_duration(const Fields& fields, Duration& into) {
  fields.read("duration", into);
  const json::Value* const value = fields.find("duration");
  if (value != nullptr && parse_duration(value->string) == Duration::zero())
    fields.problems().add_wrong(*value, "more than nothing");
}

/// policy: a host byte for each; no scenario needs more to make a herd.
constexpr Range allowed_devices{1, 200};

Draft read_draft(const Variant& variant, Problems& problems) {
  Draft draft;

  Scenario& scenario = draft.scenario;
  const Fields fields(variant.merged, keys::scenario, problems);
  fields.check_schema_reference();
  fields.require({"title", "duration", "servers", "timeline"});
  scenario.name = stem(problems.file());
  fields.read("name", scenario.name);
  fields.read("variant", scenario.variant);
  if (!variant.name.empty()) scenario.variant = variant.name;
  fields.read("title", scenario.title);
  fields.read("why", scenario.why);
  fields.read("source", scenario.source);
  read_duration(fields, scenario.duration);
  fields.read("ipv6", scenario.ipv6);
  fields.read("real_time", scenario.real_time);
  fields.read_integer("devices", allowed_devices, scenario.devices);
  if (const json::Value* const configure = fields.find("configure"))
    scenario.configure = read_configure(*configure, problems);
  if (const json::Value* const servers = fields.find("servers"))
    read_servers(*servers, problems, draft);
  if (const json::Value* const dns = fields.find("dns"))
    draft.dns = read_name_server(*dns, problems);
  if (const json::Value* const timeline = fields.find("timeline"))
    read_timeline(*timeline, problems, draft);
  if (const json::Value* const expect = fields.find("expect"))
    read_expect(*expect, problems, draft);
  return draft;
}

/// The timeline may name phases that have no rules; only "silent" is left by now, and it drops
/// everything. The rule stands first, so that no rule for every phase is heard before it.
void complete_phases(const std::vector<Step>& timeline, Server& server) {
  for (const Step& step : timeline) {
    const auto* const entered = std::get_if<ServerStep>(&step.what);
    const bool is_ours = entered != nullptr && entered->verb == ServerVerb::phase &&
                         entered->server == server.name && !entered->phase.empty();
    if (!is_ours) continue;
    auto& phases = server.phases;
    if (std::find(phases.begin(), phases.end(), entered->phase) != phases.end()) continue;
    phases.push_back(entered->phase);
    Rule everything;
    everything.name = fmt::format("{}/{}/0", server.name, entered->phase);
    everything.phase = entered->phase;
    everything.verb = Drop{};
    server.rules.insert(server.rules.begin(), std::move(everything));
  }
}

Scenario finished(Draft draft) {
  Scenario scenario = std::move(draft.scenario);
  for (ServerDraft& server : draft.servers) {
    complete_phases(scenario.timeline, server.server);
    scenario.servers.push_back(std::move(server.server));
  }
  if (draft.dns) scenario.dns = std::move(draft.dns->server);
  return scenario;
}

}  // namespace

tl::expected<std::vector<Scenario>, std::vector<Error>> read_scenarios(const std::string& text,
                                                                       const std::string& file) {
  const Expected<json::Value> root = json::parse(text, file);
  if (!root) return tl::unexpected(std::vector<Error>{root.error()});
  Problems problems(file);
  const std::vector<Variant> variants = expand_variants(*root, problems);
  std::vector<Draft> drafts;
  for (const Variant& variant : variants) {
    drafts.push_back(read_draft(variant, problems));
    validate(drafts.back(), problems);
    validate_names(drafts.back(), problems);
  }
  validate_phases_entered(drafts, problems);
  if (!problems.empty()) return tl::unexpected(problems.in_file_order());
  std::vector<Scenario> scenarios;
  for (Draft& draft : drafts) scenarios.push_back(finished(std::move(draft)));
  return scenarios;
}

}  // namespace sipharness::scenario
