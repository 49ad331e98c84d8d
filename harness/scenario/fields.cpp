#include "harness/scenario/fields.hpp"

#include <string>

namespace sipharness::scenario {

Fields::Fields(const json::Value& object, Problems& problems)
    : object_(object), problems_(problems) {
  if (object.kind != json::Kind::object) problems.add_wrong(object, "an object");
}

void Fields::require(std::initializer_list<std::string_view> keys) const {
  if (object_.kind != json::Kind::object) return;
  for (const std::string_view key : keys)
    if (find(key) == nullptr) problems_.add_missing(object_, key);
}

void Fields::refuse(std::string_view key, std::string_view why) const {
  if (const json::Value* const value = find(key)) problems_.add(*value, std::string(why));
}

const json::Value& member_or(const json::Value& value, std::string_view key) {
  const json::Value* const found = value.find(key);
  return found == nullptr ? value : *found;
}

}  // namespace sipharness::scenario
