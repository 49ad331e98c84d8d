// sipharness list: what there is.

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/check/checks.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/named_files.hpp"
#include "harness/cli/named_plan.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/pages.hpp"
#include "harness/cli/scenario_facts.hpp"
#include "harness/cli/shipped.hpp"
#include "harness/cli/words.hpp"
#include "harness/cli/workload.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/host/machine/probes.hpp"
#include "harness/verdict/requirement.hpp"

namespace sipharness::cli {
namespace {

struct ListArguments {
  std::string what;
  std::vector<std::string> tags;
};

void print_scenario(const scenario::Scenario& scenario, const std::string& name) {
  print("{:<44} {:>9}  {:<18} {}\n", name, forecast(scenario.duration),
        fmt::format("{}", fmt::join(tags_of(scenario), " ")), needs_text(scenario));
}

/// A line for each that can be run: by the name to run it by, how long it takes in real time, its
/// tags, and what the device must be able to do.
void list_scenarios(const ListArguments& arguments) {
  for (const std::string& file : scenario_files(shipped_scenarios())) {
    auto variants = read_scenarios({file});
    std::erase_if(variants, [&](const scenario::Scenario& one) {
      return !has_all_tags(one, arguments.tags);
    });
    if (variants.empty()) continue;
    const std::string name = printable(shipped_name(file));
    const bool is_one = variants.size() == 1 && variants.front().variant.empty();
    if (is_one)
      print_scenario(variants.front(), name);
    else
      print("{}\n", name);
    print("    {}\n", printable(variants.front().title));
    for (const scenario::Scenario& one : variants)
      if (!is_one) print_scenario(one, fmt::format("  /{}", printable(one.variant)));
  }
}

void list_plans() {
  for (const ShippedPlan& one : shipped_plans()) {
    Duration length{};
    for (const scenario::Scenario& scenario : scenarios_of_plan(one.name))
      length += scenario.duration;
    print("{:<10} {:>9}  {}\n", one.name, forecast(length), one.plan.title);
  }
}

void list_tags() {
  for (const Tag& tag : tags()) print("{:<10} {}\n", tag.name, tag.what);
}

void list_requirements() {
  for (const verdict::Requirement* row : check::requirements()) print_row(*row);
}

void list_deviations() {
  for (const dut::DeviationRow& row : dut::deviations())
    print("{:<42} breaks {:<18} {}\n", row.name, row.breaks, row.what);
}

/// What `--device` would be told, and whether it would go well here.
std::string availability(const scenario::Profile& profile) {
  if (!profile.drive) return {};
  if (host::find_program(profile.drive->command.front())) return "installed";
  return fmt::format("missing: apt-get install {}", profile.drive->package);
}

void list_devices() {
  for (const scenario::Profile& profile : shipped_profiles()) {
    const std::string choice = profile.kind == "process" ? "process:" + profile.name : profile.kind;
    print("{:<16} {:<24} {}\n", profile.name, choice, printable(profile.title));
    if (const std::string here = availability(profile); !here.empty())
      print("{:<16} {:<24} {}\n", "", "", printable(here));
  }
}

void print_coverage() {
  print("{}", coverage_page(read_scenarios({shipped_scenarios()})));
}

/// What `list` is asked for; a page is made for docs/ and not part of everything.
struct Section {
  const char* name;
  void (*print_all)(const ListArguments&);
  bool is_page = false;
};

constexpr std::array sections{
    Section{"scenarios", list_scenarios},
    Section{"plans", [](const ListArguments&) { list_plans(); }},
    Section{"tags", [](const ListArguments&) { list_tags(); }},
    Section{"requirements", [](const ListArguments&) { list_requirements(); }},
    Section{"deviations", [](const ListArguments&) { list_deviations(); }},
    Section{"devices", [](const ListArguments&) { list_devices(); }},
    Section{"coverage", [](const ListArguments&) { print_coverage(); }, true},
    Section{"keys", [](const ListArguments&) { print("{}", keys_page()); }, true}};

int list(const ListArguments& arguments) {
  if (!arguments.tags.empty() && !arguments.what.empty() && arguments.what != "scenarios")
    throw InputError(fmt::format("--tag: only scenarios have tags, not {}", arguments.what));
  const std::string what = arguments.tags.empty() ? arguments.what : "scenarios";
  for (const Section& section : sections) {
    if (what == section.name) section.print_all(arguments);
    if (!what.empty() || section.is_page) continue;
    print("{}:\n", section.name);
    section.print_all(arguments);
    print("\n");
  }
  return passed;
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ListArguments>();
  CLI::App* command =
      app.add_subcommand("list", "List scenarios, plans, requirements, deviations or devices");
  std::vector<std::string> names;
  for (const Section& section : sections) names.emplace_back(section.name);
  command
      ->add_option("what", arguments->what,
                   "scenarios, plans, tags, requirements, deviations, devices; coverage and keys "
                   "are pages of docs/")
      ->check(one_of(names));
  add_tag_option(*command, arguments->tags);
  command->callback([arguments, &exit_code] { exit_code = list(*arguments); });
}

}  // namespace sipharness::cli
