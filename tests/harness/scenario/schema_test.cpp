// The published schemas against the descriptions that reader and writer walk: they say the same of
// every key.

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/json/document.hpp"
#include "harness/scenario/key_table.hpp"
#include "tests/harness/scenario/files.hpp"

namespace sipharness::scenario {
namespace {

using testing::UnorderedElementsAreArray;
using Names = std::vector<std::string>;

json::Value schema(const std::string& name) {
  const std::string path = source_path("scenarios/" + name + ".schema.json");
  return json::parse(text_of(path), path).value();
}

const json::Value& definition(const json::Value& schema, std::string_view name) {
  static const json::Value none;
  if (name.empty()) return schema;
  const json::Value* const found = schema.find("$defs")->find(name);
  if (found != nullptr) return *found;
  ADD_FAILURE() << "the schema does not define " << name;
  return none;
}

/// The schemas of one value: itself, what it refers to, its items, its alternatives.
std::vector<const json::Value*> parts_of(const json::Value& document, const json::Value& value) {
  std::vector<const json::Value*> parts{&value};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const json::Value& part = *parts[i];
    if (const json::Value* const reference = part.find("$ref"))
      parts.push_back(
          &definition(document, reference->string.substr(reference->string.rfind('/') + 1)));
    if (const json::Value* const items = part.find("items")) parts.push_back(items);
    if (const json::Value* const choices = part.find("anyOf"))
      for (const json::Value& choice : choices->items) parts.push_back(&choice);
  }
  return parts;
}

std::string text_of_value(const json::Value& value) {
  switch (value.kind) {
    case json::Kind::string:
      return value.string;
    case json::Kind::boolean:
      return value.boolean ? "true" : "false";
    default:
      return fmt::format("{}", value.number);
  }
}

Names listed(const json::Value* array) {
  Names names;
  if (array != nullptr)
    for (const json::Value& item : array->items) names.push_back(text_of_value(item));
  return names;
}

/// All words of the enumerations of a value.
Names words_in(const std::vector<const json::Value*>& parts) {
  Names words;
  for (const json::Value* const part : parts)
    for (const std::string& word : listed(part->find("enum")))
      if (std::ranges::find(words, word) == words.end()) words.push_back(word);
  return words;
}

std::vector<double> bounds_in(const std::vector<const json::Value*>& parts) {
  for (const json::Value* const part : parts)
    if (const json::Value* const least = part->find("minimum"))
      return {least->number, part->find("maximum")->number};
  return {};
}

void expect_same(const json::Value& document, const KeyRow& row, const json::Value& property) {
  SCOPED_TRACE(row.key);
  if (property.kind == json::Kind::boolean)
    return;  // a variant changes what is described elsewhere
  const auto parts = parts_of(document, property);
  EXPECT_THAT(words_in(parts), UnorderedElementsAreArray(row.words));
  if (row.object.empty()) {
    const std::vector<double> bounds =
        row.range ? std::vector{row.range->min, row.range->max} : std::vector<double>();
    EXPECT_EQ(bounds_in(parts), bounds);
  } else {
    EXPECT_THAT(parts, testing::Contains(&definition(document, row.object)));
  }
  const json::Value* const fallback = property.find("default");
  EXPECT_EQ(fallback == nullptr ? "" : text_of_value(*fallback), row.fallback);
  const json::Value* const what = property.find("description");
  EXPECT_EQ(what == nullptr ? "" : what->string, row.what);
}

void expect_same(const json::Value& document, const KeyTable& table) {
  SCOPED_TRACE(table.name);
  const json::Value& object = definition(document, table.name);
  Names keys, required, alternatives;
  for (const KeyRow& row : table.rows) {
    keys.emplace_back(row.key);
    if (row.is_required) required.emplace_back(row.key);
    if (row.is_alternative) alternatives.emplace_back(row.key);
    const json::Value* const property = object.find("properties")->find(row.key);
    if (property != nullptr) expect_same(document, row, *property);
  }
  if (!table.name.empty()) {
    EXPECT_EQ(object.find("description")->string, table.what);
  }
  Names known, chosen;
  for (const auto& [key, value] : object.find("properties")->members) known.push_back(key);
  EXPECT_THAT(known, UnorderedElementsAreArray(keys));
  EXPECT_THAT(listed(object.find("required")), UnorderedElementsAreArray(required));
  if (alternatives.empty()) return;
  for (const json::Value& choice : object.find("oneOf")->items)
    chosen.push_back(listed(choice.find("required")).at(0));
  EXPECT_THAT(chosen, UnorderedElementsAreArray(alternatives));
}

void expect_same(const std::string& name, const std::vector<KeyTable>& tables) {
  const json::Value document = schema(name);
  Names objects{""};
  const json::Value* const definitions = document.find("$defs");
  if (definitions != nullptr)
    for (const auto& [key, value] : definitions->members)
      if (value.find("properties") != nullptr) objects.push_back(key);
  Names described;
  for (const KeyTable& table : tables) {
    described.emplace_back(table.name);
    expect_same(document, table);
  }
  EXPECT_THAT(objects, UnorderedElementsAreArray(described));
}

TEST(Schema, says_of_a_scenario_what_reader_and_writer_walk) {
  expect_same("scenario", scenario_key_tables());
}

TEST(Schema, says_of_a_profile_what_reader_and_writer_walk) {
  expect_same("profile", profile_key_tables());
}

TEST(Schema, says_of_a_plan_what_the_reader_walks) {
  expect_same("plan", plan_key_tables());
}

}  // namespace
}  // namespace sipharness::scenario
