#include "harness/scenario/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/scenario/files.hpp"

namespace sipharness::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Plan, names_its_scenarios_in_order) {
  const auto plan = read_plan(R"({"title": "t", "scenarios": ["guide", "a/b"]})", "p.json");
  ASSERT_TRUE(plan) << plan.error().text();
  EXPECT_EQ(plan->title, "t");
  EXPECT_THAT(plan->scenarios, ElementsAre("guide", "a/b"));
}

TEST(Plan, that_is_wrong_is_told_with_its_place_and_the_nearest_key) {
  const auto plan = read_plan(R"({"titel": "t", "scenarios": []})", "p.json");
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().text(), HasSubstr("p.json:1:11: /titel: unknown key"));
  EXPECT_THAT(plan.error().text(), HasSubstr("did you mean \"title\"?"));
  EXPECT_THAT(plan.error().text(), HasSubstr("names at least one scenario"));
}

TEST(Plan, is_read_as_it_is_shipped) {
  for (const char* name : {"smoke", "full"}) {
    const std::string path = source_path(std::string("scenarios/plans/") + name + ".json");
    const auto plan = read_plan(text_of(path), path);
    ASSERT_TRUE(plan) << plan.error().text();
    EXPECT_FALSE(plan->scenarios.empty());
  }
}

}  // namespace
}  // namespace sipharness::scenario
