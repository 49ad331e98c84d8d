// A plan file.

#include "harness/scenario/plan_form.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {

void check(const Fields& fields, Plan& plan) {
  if (plan.scenarios.empty() && fields.find("scenarios") != nullptr)
    fields.problems().add(*fields.find("scenarios"), "a plan names at least one scenario");
}

Expected<Plan> read_plan(const std::string& text, const std::string& file) {
  const Expected<json::Value> root = json::parse(text, file);
  if (!root) return tl::unexpected(root.error());
  Problems problems(file);
  Plan plan;
  read_value(*root, problems, plan, kind::object);
  if (!problems.empty()) return tl::unexpected(joined(problems.in_file_order()));
  return plan;
}

}  // namespace sipharness::scenario
