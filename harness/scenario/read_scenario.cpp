// A scenario file: its variants, each read part by part, then held against itself.

#include <algorithm>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

std::string stem(std::string_view file) {
  file.remove_prefix(file.rfind('/') + 1);
  if (file.ends_with(".json")) file.remove_suffix(5);
  return std::string(file);
}

Draft read_draft(const Variant& variant, Problems& problems) {
  Draft draft{.scenario = {}, .file = variant.merged};
  draft.scenario.name = stem(problems.file());
  if (variant.merged.find("name") == nullptr && !is_file_name(draft.scenario.name))
    problems.add(variant.merged,
                 fmt::format("without a \"name\" the scenario has that of the file, found "
                             "\"{}\"; allowed is {}",
                             draft.scenario.name, kind::file_name.allowed));
  read_value(variant.merged, problems, draft.scenario, kind::object);
  if (!variant.name.empty()) draft.scenario.variant = variant.name;
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
    phases.insert(phases.begin(), entered->phase);
    Rule everything;
    everything.name = fmt::format("{}/{}/0", server.name, entered->phase);
    everything.phase = entered->phase;
    everything.verb = Drop{};
    server.rules.insert(server.rules.begin(), std::move(everything));
  }
}

}  // namespace

bool read_value(const json::Value& value, Problems& problems, std::string& into,
                kind::Requirement) {
  if (!read_value(value, problems, into, kind::text)) return false;
  if (problems.requirements() == nullptr) return true;
  const std::vector<std::string_view> known = problems.requirements()();
  if (std::ranges::find(known, into) == known.end())
    problems.add(value, fmt::format("found \"{}\", which is no requirement of the catalogue{}",
                                    into, did_you_mean(into, known)));
  return true;
}

bool read_value(const json::Value& value, Problems& problems, Expectation& into, kind::Object) {
  if (value.kind == json::Kind::object) return read_object(value, problems, into);
  read_value(value, problems, into.requirement, kind::requirement);
  return true;
}

void check(const Fields& fields, Expectation& expectation) {
  if (expectation.min && expectation.max && *expectation.max < *expectation.min)
    fields.problems().add(*fields.find("max"), "the window ends before it begins");
}

void check(const Fields& fields, Scenario&) {
  const json::Value* const value = fields.find("duration");
  if (value != nullptr && parse_duration(value->string) == Duration::zero())
    fields.problems().add_wrong(*value, "a duration greater than 0");
}

tl::expected<std::vector<Scenario>, std::vector<Error>> read_scenarios(
    const std::string& text, const std::string& file, RequirementIds requirements) {
  const Expected<json::Value> root = json::parse(text, file);
  if (!root) return tl::unexpected(std::vector<Error>{root.error()});
  Problems problems(file, requirements);
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
  for (Draft& draft : drafts) {
    Scenario& scenario = scenarios.emplace_back(std::move(draft.scenario));
    for (Server& server : scenario.servers) complete_phases(scenario.timeline, server);
  }
  return scenarios;
}

}  // namespace sipharness::scenario
