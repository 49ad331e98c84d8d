#pragma once
// JSON with a place for every value: parsed by nlohmann's SAX reader over an iterator that counts
// lines and columns, duplicate keys refused. Scenario and profile readers are written against it.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/expected.hpp"

namespace sipharness::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

std::string_view to_string(Kind kind);  ///< "an object", "a string"

struct Member;

/// A value and where it began.
struct Value {
  Kind kind = Kind::null;
  bool boolean = false;
  double number = 0;
  std::string string;
  std::vector<Value> items;     ///< of an array
  std::vector<Member> members;  ///< of an object, in file order
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string pointer;  ///< RFC 6901: "/servers/primary/port"
  const Value* find(std::string_view key) const;
};

struct Member {
  std::string name;
  Value value;
};

/// The whole text or the first error, "file:line:column: …". Depth is limited to 64.
Expected<Value> parse(std::string_view text, std::string_view file);

/// "file:line:column", as every error begins.
std::string place(std::string_view file, const Value& value);

/// The candidate closest to `word` by edit distance, if close enough to be a slip; empty otherwise.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace sipharness::json
