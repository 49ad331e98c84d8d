#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/scenario.hpp"

namespace sipharness::scenario {
namespace {

using testing::HasSubstr;

constexpr auto with_variants = R"({
  "title": "base", "duration": "60s",
  "configure": {"register_expiration": "2min", "reregister_before": "20s"},
  "servers": {
    "primary": {"port": 5070, "rules": [{"phase": "busy", "reject": {"status": 486}}]},
    "secondary": {"port": 5080}
  },
  "timeline": [{"at": "0s", "do": "boot"}],
  "expect": ["GRP-REG-01"],
  "variants": [
    {"name": "a", "title": "busy", "timeline": [
      {"at": "0s", "do": "boot"},
      {"at": "5s", "do": "phase", "server": "primary", "phase": "busy"}]},
    {"name": "b", "duration": "30s", "configure": {"reregister_before": null},
     "servers": {"secondary": {"port": 5090}}}
  ]
})";

std::vector<Scenario> read(const std::string& text) {
  const auto scenarios = read_scenarios(text, "base.json");
  if (scenarios) return *scenarios;
  for (const Error& error : scenarios.error()) ADD_FAILURE() << error.text();
  return {};
}

TEST(Variants, are_one_scenario_each_under_the_name_of_the_file) {
  const std::vector<Scenario> variants = read(with_variants);
  ASSERT_EQ(variants.size(), 2U);
  EXPECT_EQ(variants[0].name, "base");
  EXPECT_EQ(variants[0].variant, "a");
  EXPECT_EQ(variants[1].name, "base");
  EXPECT_EQ(variants[1].variant, "b");
}

TEST(Variants, replace_what_they_give_and_keep_the_rest) {
  const std::vector<Scenario> variants = read(with_variants);
  EXPECT_EQ(variants.at(0).title, "busy");
  EXPECT_EQ(variants.at(0).timeline.size(), 2U);
  EXPECT_EQ(variants.at(0).duration, 60s);
  EXPECT_EQ(variants.at(1).title, "base");
  EXPECT_EQ(variants.at(1).duration, 30s);
  EXPECT_TRUE(variants.at(1).expects("GRP-REG-01"));
}

TEST(Variants, merge_into_objects_and_remove_by_null) {
  const Scenario b = read(with_variants).at(1);
  EXPECT_EQ(b.server("primary").port, 5070);
  EXPECT_EQ(b.server("secondary").port, 5090);
  EXPECT_EQ(b.configure.register_expiration, Duration(2min));
  EXPECT_FALSE(b.configure.reregister_before.has_value());
}

TEST(Variants, read_back_one_by_one_with_their_name_even_with_rules_only_a_sibling_uses) {
  for (const Scenario& variant : read(with_variants)) {
    const std::string written = to_json(variant);
    const std::vector<Scenario> again = read(written);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].variant, variant.variant);
    EXPECT_EQ(to_json(again[0]), written);
  }
}

TEST(Variants, an_error_of_the_common_part_is_told_once) {
  const auto scenarios = read_scenarios(
      R"({"title": "t", "duration": "soon", "servers": {"primary": {}, "secondary": {}},
          "timeline": [{"at": "0s", "do": "boot"}], "variants": [{"name": "a"}, {"name": "b"}]})",
      "base.json");
  ASSERT_FALSE(scenarios.has_value());
  ASSERT_EQ(scenarios.error().size(), 1U);
  EXPECT_THAT(scenarios.error()[0].text(), HasSubstr("base.json:1:28: /duration: found \"soon\""));
}

TEST(Variants, an_error_in_a_variant_points_into_it) {
  const auto scenarios = read_scenarios(
      R"({"title": "t", "duration": "9s", "servers": {"primary": {}, "secondary": {}},
  "timeline": [{"at": "0s", "do": "boot"}],
  "variants": [{"name": "a", "servers": {"primary": {"port": 0}}}]})",
      "base.json");
  ASSERT_FALSE(scenarios.has_value());
  EXPECT_THAT(scenarios.error().at(0).text(),
              HasSubstr("base.json:3:62: /variants/0/servers/primary/port: found 0"));
}

TEST(Variants, a_variant_may_make_two_servers_one) {
  const auto scenarios = read_scenarios(
      R"({"title": "t", "duration": "9s", "timeline": [{"at": "0s", "do": "boot"}],
  "servers": {"primary": {"address": "127.0.0.1"}, "secondary": {"address": "127.0.0.2"}},
  "variants": [{"name": "same", "servers": {"secondary": {"address": "127.0.0.1"}}}]})",
      "base.json");
  ASSERT_FALSE(scenarios.has_value());
  EXPECT_THAT(
      scenarios.error().at(0).text(),
      HasSubstr("/variants/0/servers/secondary/address: primary and secondary are the same"));
}

}  // namespace
}  // namespace sipharness::scenario
