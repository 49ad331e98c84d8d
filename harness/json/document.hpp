#pragma once
// JSON with a place for every value: parsed by nlohmann's SAX reader over an iterator that counts
// lines and columns, duplicate keys refused. Scenario and profile readers are written against it.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/expected.hpp"

namespace sipharness::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

std::string_view to_string(Kind kind);  ///< "an object", "a string"

struct Member;

/// The steps to a value, each told once for all that is below it: a long name costs its length, not
/// its length for every value in it.
struct Path {
  std::shared_ptr<const Path> above;
  std::string step;
};

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
  std::shared_ptr<const Path> path;   ///< of a member; of an item, that of its array
  std::optional<std::uint32_t> item;  ///< which one it is in its array
  /// RFC 6901: "/servers/primary/port"
  std::string pointer() const;
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
