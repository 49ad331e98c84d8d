#pragma once
// Plans that come with the harness, or that a lab wrote, by name or by path.

#include <string>
#include <vector>

#include "harness/scenario/plan.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::cli {

struct ShippedPlan {
  std::string name;  ///< "smoke"
  scenario::Plan plan;
};
std::vector<ShippedPlan> shipped_plans();

/// The scenarios of a plan, in its order. Throws InputError.
std::vector<scenario::Scenario> scenarios_of_plan(const std::string& name_or_path);

bool is_in_smoke_plan(const scenario::Scenario& scenario);

}  // namespace sipharness::cli
