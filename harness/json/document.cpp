#include "harness/json/document.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sipharness::json {
namespace {

/// One step of a JSON pointer. @source RFC 6901 §3
std::string escaped(std::string_view key) {
  std::string step;
  for (const char c : key) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

}  // namespace

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

std::string Value::pointer() const {
  std::vector<const Path*> steps;
  for (const Path* one = path.get(); one != nullptr; one = one->above.get()) steps.push_back(one);
  std::string text;
  for (auto one = steps.rbegin(); one != steps.rend(); ++one) text += "/" + escaped((*one)->step);
  return item ? fmt::format("{}/{}", text, *item) : text;
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
