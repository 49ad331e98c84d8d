#pragma once
// One JSON object of a file while it is read: what its keys are checked against each other with.

#include <initializer_list>
#include <string_view>

#include "harness/json/document.hpp"
#include "harness/scenario/problems.hpp"

namespace sipharness::scenario {

class Fields {
 public:
  /// Reports what is no object; it has no members then.
  Fields(const json::Value& object, Problems& problems);

  const json::Value* find(std::string_view key) const { return object_.find(key); }
  const json::Value& object() const { return object_; }
  Problems& problems() const { return problems_; }
  /// Reports each of the keys that is missing.
  void require(std::initializer_list<std::string_view> keys) const;
  /// Reports the key, if it is there.
  void refuse(std::string_view key, std::string_view why) const;

 private:
  const json::Value& object_;
  Problems& problems_;
};

/// That member, or where there is none the object itself: the place to speak of.
const json::Value& member_or(const json::Value& value, std::string_view key);

}  // namespace sipharness::scenario
