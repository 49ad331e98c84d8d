#pragma once
// Every key of a plan file, described once. See scenario_form.hpp.

#include "harness/scenario/plan.hpp"
#include "harness/scenario/settings_form.hpp"

namespace sipharness::scenario {

template <>
inline constexpr ObjectName object_name<Plan>{
    "", "The scenarios that a lab runs together, such as on every build of a firmware."};
void describe(auto& form, Plan& plan) {
  schema_reference(form);
  form.required("title", plan.title, kind::text, "What the plan is for, in a line.");
  form("why", plan.why, kind::text, "Why these scenarios.");
  form.required("scenarios", plan.scenarios, kind::text,
                "Names of shipped scenarios, of their variants and of topics, or paths; in the "
                "order they run.");
}

void check(const Fields& fields, Plan& plan);

}  // namespace sipharness::scenario
