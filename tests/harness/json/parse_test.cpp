#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/json/document.hpp"

namespace sipharness::json {
namespace {

using testing::HasSubstr;

Value parsed(std::string_view text) {
  Expected<Value> value = parse(text, "test.json");
  EXPECT_TRUE(value.has_value()) << (value ? "" : value.error().text());
  return value ? *value : Value{};
}

Error refused(std::string_view text) {
  const Expected<Value> value = parse(text, "test.json");
  EXPECT_FALSE(value.has_value()) << text;
  return value ? Error{} : value.error();
}

TEST(JsonParse, keeps_every_kind_of_value) {
  const Value object = parsed(R"({"n":null,"t":true,"x":-1.5e2,"s":"a\u00e9\n","a":[1,2],"o":{}})");
  ASSERT_EQ(object.kind, Kind::object);
  EXPECT_EQ(object.find("n")->kind, Kind::null);
  EXPECT_TRUE(object.find("t")->boolean);
  EXPECT_DOUBLE_EQ(object.find("x")->number, -150);
  EXPECT_EQ(object.find("s")->string, "aé\n");
  EXPECT_EQ(object.find("a")->items.size(), 2U);
  EXPECT_EQ(object.find("o")->kind, Kind::object);
  EXPECT_EQ(object.find("missing"), nullptr);
}

TEST(JsonParse, keeps_the_members_in_file_order) {
  const Value object = parsed(R"({"b":1,"a":2,"c":3})");
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.members) keys.push_back(key);
  EXPECT_THAT(keys, testing::ElementsAre("b", "a", "c"));
}

struct PlaceCase {
  std::string_view name;
  std::string_view text;
  std::vector<std::string_view> path;  ///< keys, or "0", "1" … in an array
  std::string_view place;
  std::string_view pointer;
};

const Value* follow(const Value& root, const std::vector<std::string_view>& path) {
  const Value* value = &root;
  for (const std::string_view step : path) {
    value = value->kind == Kind::array ? &value->items.at(std::stoul(std::string(step)))
                                       : value->find(step);
  }
  return value;
}

TEST(JsonParse, knows_where_each_value_begins) {
  const std::vector<PlaceCase> cases{
      {"root", "  7", {}, "test.json:1:3", ""},
      {"after a key", "{\"a\": 7}", {"a"}, "test.json:1:7", "/a"},
      {"number before a brace", "{\"a\":{\"b\":7},\"c\":8}", {"c"}, "test.json:1:18", "/c"},
      {"number before a bracket", "[[12],[34]]", {"1", "0"}, "test.json:1:8", "/1/0"},
      {"on a later line",
       "{\n  \"a\": [\n    true,\n    \"x\"]}",
       {"a", "1"},
       "test.json:4:5",
       "/a/1"},
      {"number before a line end", "[1\n,2\n]", {"1"}, "test.json:2:2", "/1"},
      {"after CR LF", "[\r\n 5]", {"0"}, "test.json:2:2", "/0"},
      {"after wide characters", "[\"äö€\", 5]", {"1"}, "test.json:1:9", "/1"},
      {"string that looks like structure", "[\"],:{\", 5]", {"1"}, "test.json:1:10", "/1"},
      {"key with slash and tilde", "{\"a/b~c\":1}", {"a/b~c"}, "test.json:1:10", "/a~1b~0c"},
      {"after a byte order mark", "\xEF\xBB\xBF[5]", {"0"}, "test.json:1:2", "/0"},
  };
  for (const PlaceCase& c : cases) {
    SCOPED_TRACE(c.name);
    const Value root = parsed(c.text);
    const Value* const value = follow(root, c.path);
    ASSERT_NE(value, nullptr);
    EXPECT_EQ(place("test.json", *value), c.place);
    EXPECT_EQ(value->pointer(), c.pointer);
  }
}

TEST(JsonParse, keeps_a_long_name_once_for_all_values_in_it) {
  const Value root = parsed("{\"" + std::string(60'000, 'k') + "\": [0, 0, [0, 0]]}");
  const Value& list = root.members.at(0).value;
  EXPECT_EQ(list.items.at(0).path, list.items.at(1).path);
  EXPECT_EQ(list.items.at(2).items.at(0).path->above, list.path);
}

struct RefusedCase {
  std::string_view name;
  std::string text;
  std::string_view place;
  std::string_view message;
};

TEST(JsonParse, refuses_with_one_located_error) {
  const std::vector<RefusedCase> cases{
      {"empty", "", "test.json:1:1", "the text is empty"},
      {"blank", " \n ", "test.json:2:2", "the text is empty"},
      {"unclosed object", "{\"a\": 1", "test.json:1:8", "unexpected end of input"},
      {"missing colon", "{\"a\" 1}", "test.json:1:6", "expected ':'"},
      {"missing value", "{\"a\":}", "test.json:1:6", "unexpected '}'"},
      {"missing comma", "{\n\"a\": 1\n\"b\": 2}", "test.json:3:1", "expected ',' or '}'"},
      {"two commas", "[1,,2]", "test.json:1:4", "unexpected ','"},
      {"trailing comma", "[1,]", "test.json:1:4", "a comma behind the last item"},
      {"trailing comma of an object", "{\"a\":1,}", "test.json:1:8",
       "a comma behind the last item"},
      {"missing comma of a list", "[1 2]", "test.json:1:4", "expected ',' or ']'"},
      {"hash", "{\"a\": 1} # x", "test.json:1:10", "found a comment; JSON has none"},
      {"single quotes", "{'a': 1}", "test.json:1:2", "text stands in double quotes"},
      {"comment", "// x\n1", "test.json:1:1", "found a comment; JSON has none"},
      {"Markdown", "# A page\n\n{}", "test.json:1:1",
       "found \"# A page\"; allowed is JSON: one object, which begins with {"},
      {"words", "\nTitle: x", "test.json:2:1", "found \"Title: x\"; allowed is JSON"},
      {"bad literal", "[nul]", "test.json:1:2", "invalid literal"},
      {"bad escape", "[\"\\x\"]", "test.json:1:2", "backslash"},
      {"unclosed string", "[\"abc", "test.json:1:2", "missing closing quote"},
      {"control character", "[\"a\tb\"]", "test.json:1:2", "control character"},
      {"leading zero", "[01]", "test.json:1:3", "unexpected number"},
      {"number too large", "[1e999]", "test.json:1:2", "too large"},
      {"garbage after the value", "{} x", "test.json:1:4", "expected end of input"},
      {"second value", "1\n2", "test.json:2:1", "expected end of input"},
      {"duplicate key", "{\"a\":1,\n \"a\":2}", "test.json:2:2", "first at line 1, column 6"},
      {"duplicate by escape", R"({"a":1,"\u0061":2})", "test.json:1:8", "given twice"},
      {"not UTF-8", "[\n\"a\xFF\"]", "test.json:2:3", "byte 0xFF is not UTF-8 text"},
      {"cut UTF-8", "\"\xE2\x82", "test.json:1:2", "byte 0xE2 is not UTF-8 text"},
      {"overlong UTF-8", "\"\xC0\x80\"", "test.json:1:2", "byte 0xC0 is not UTF-8 text"},
      {"UTF-16", std::string("\xFF\xFE{\0", 4), "test.json:1:1", "byte 0xFF is not UTF-8 text"},
      {"NUL", std::string("[\0]", 3), "test.json:1:2", "byte 0x00"},
      {"NUL after the value", std::string("{}\0x", 4), "test.json:1:3", "byte 0x00"},
      {"lone surrogate", R"(["\ud800"])", "test.json:1:2", "surrogate"},
  };
  for (const RefusedCase& c : cases) {
    SCOPED_TRACE(c.name);
    const Error error = refused(c.text);
    EXPECT_EQ(error.place, c.place);
    EXPECT_THAT(error.message, HasSubstr(c.message));
    EXPECT_EQ(error.message.find("json.exception"), std::string::npos);
  }
}

TEST(JsonParse, equal_keys_in_different_objects_are_no_duplicates) {
  EXPECT_EQ(parsed(R"([{"a":1},{"a":{"a":2}}])").items.size(), 2U);
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST(JsonParse, reads_64_levels_and_refuses_the_65th) {
  EXPECT_EQ(parsed(nested(64)).kind, Kind::array);
  const Error error = refused(nested(65));
  EXPECT_EQ(error.place, "test.json:1:65");
  EXPECT_THAT(error.message, HasSubstr("64 levels"));
}

TEST(JsonParse, a_very_deep_text_is_refused_like_any_other) {
  EXPECT_EQ(refused(std::string(1'000'000, '[')).place, "test.json:1:65");
}

TEST(JsonParse, an_error_does_not_repeat_a_long_token) {
  EXPECT_LT(refused("\"" + std::string(100'000, 'x')).message.size(), 200U);
}

TEST(JsonParse, an_object_has_a_bounded_number_of_members) {
  std::string text = "{";
  for (int i = 0; i < 2000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_THAT(refused(text + "\"last\":0}").message, HasSubstr("more than 1024 members"));
}

TEST(JsonParse, every_prefix_of_a_document_ends_in_an_error_or_a_value) {
  const std::string text = R"({"a":[1,-2.5e3,true,null,"x\u00e4\n"],"b":{"c":[]}})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    const Error error = refused(text.substr(0, length));
    EXPECT_THAT(error.place, HasSubstr("test.json:1:"));
  }
}

TEST(JsonKind, is_named_as_a_sentence_wants_it) {
  EXPECT_EQ(to_string(Kind::object), "an object");
  EXPECT_EQ(to_string(Kind::array), "an array");
  EXPECT_EQ(to_string(Kind::string), "a string");
  EXPECT_EQ(to_string(Kind::number), "a number");
  EXPECT_EQ(to_string(Kind::boolean), "true or false");
  EXPECT_EQ(to_string(Kind::null), "null");
}

}  // namespace
}  // namespace sipharness::json
