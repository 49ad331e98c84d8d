#include "harness/json/document.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sipharness::json {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "";
}

const Value* Value::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [key](const auto& member) { return member.name == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::string place(std::string_view file, const Value& value) {
  return fmt::format("{}:{}:{}", file, value.line, value.column);
}

}  // namespace sipharness::json
