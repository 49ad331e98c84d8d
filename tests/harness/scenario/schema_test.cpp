// The published schemas and the reader's key tables are two accounts of one language.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/json/document.hpp"
#include "harness/scenario/keys.hpp"
#include "harness/scenario/words.hpp"
#include "tests/harness/scenario/files.hpp"

namespace sipharness::scenario {
namespace {

using testing::UnorderedElementsAreArray;

json::Value schema(const std::string& name) {
  const std::string path = source_path("scenarios/" + name + ".schema.json");
  return json::parse(text_of(path), path).value();
}

const json::Value* definition(const json::Value& schema, std::string_view name) {
  return name.empty() ? &schema : schema.find("$defs")->find(name);
}

std::vector<std::string_view> keys_in(const json::Value& object) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : object.find("properties")->members) keys.push_back(key);
  return keys;
}

void expect_same_keys(const std::string& name, std::span<const KeyTable> tables) {
  const json::Value document = schema(name);
  std::size_t objects = 1;
  for (const auto& [key, value] : document.find("$defs")->members)
    objects += value.find("properties") == nullptr ? 0 : 1;
  EXPECT_EQ(objects, tables.size()) << "an object of one has no counterpart in the other";
  for (const KeyTable& table : tables) {
    SCOPED_TRACE(table.definition);
    const json::Value* const object = definition(document, table.definition);
    ASSERT_NE(object, nullptr);
    EXPECT_THAT(keys_in(*object), UnorderedElementsAreArray(table.keys));
  }
}

std::vector<std::string_view> enumerated(const json::Value& schema) {
  std::vector<std::string_view> values;
  for (const json::Value& item : schema.find("enum")->items) values.push_back(item.string);
  return values;
}

TEST(ScenarioSchema, lists_the_keys_that_the_reader_accepts) {
  expect_same_keys("scenario", scenario_key_tables);
}

TEST(ProfileSchema, lists_the_keys_that_the_reader_accepts) {
  expect_same_keys("profile", profile_key_tables);
}

TEST(ScenarioSchema, lists_the_actions_that_the_reader_accepts) {
  const json::Value document = schema("scenario");
  const json::Value* const step = definition(document, "step");
  EXPECT_THAT(enumerated(*step->find("properties")->find("do")),
              UnorderedElementsAreArray(names_of(Choices<words::Action>(words::actions))));
}

TEST(ScenarioSchema, demands_one_of_the_verbs_that_the_reader_knows) {
  const json::Value document = schema("scenario");
  std::vector<std::string_view> verbs;
  for (const json::Value& choice : definition(document, "rule")->find("oneOf")->items)
    verbs.push_back(choice.find("required")->items.at(0).string);
  EXPECT_THAT(verbs, UnorderedElementsAreArray(Keys(keys::verbs)));
}

}  // namespace
}  // namespace sipharness::scenario
