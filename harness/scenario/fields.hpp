#pragma once
// The members of one JSON object as typed values. What is missing keeps the value it had; what is
// wrong goes to Problems and keeps it too, so that reading never stops at the first mistake.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"
#include "harness/json/document.hpp"
#include "harness/scenario/keys.hpp"
#include "harness/scenario/problems.hpp"

namespace sipharness::scenario {

/// One word of an enumeration as files spell it.
template <class T>
struct Choice {
  std::string_view name;
  T value;
};

template <class T>
using Choices = std::span<const Choice<T>>;

template <class T>
std::vector<std::string_view> names_of(Choices<T> choices) {
  std::vector<std::string_view> names;
  for (const Choice<T>& choice : choices) names.push_back(choice.name);
  return names;
}

/// An integer's bounds, both allowed.
struct Range {
  double min = 0;
  double max = 0;
};

// --- Single values: false, and a problem, if the JSON value is something else ----------------

bool read_value(const json::Value& value, Problems& problems, std::string& into);
bool read_value(const json::Value& value, Problems& problems, bool& into);
bool read_value(const json::Value& value, Problems& problems, Duration& into);
bool read_value(const json::Value& value, Problems& problems, IpAddress& into);
std::optional<std::int64_t> read_integer(const json::Value& value, Problems& problems, Range range);

template <class T>
bool read_choice(const json::Value& value, Problems& problems, Choices<T> choices, T& into) {
  for (const Choice<T>& choice : choices) {
    if (value.kind != json::Kind::string || value.string != choice.name) continue;
    into = choice.value;
    return true;
  }
  problems.add_choice(value, names_of(choices));
  return false;
}

/// The items of an array; none, and a problem, if it is no array.
std::span<const json::Value> items_of(const json::Value& value, Problems& problems);

// --- Objects ---------------------------------------------------------------------------------

class Fields {
 public:
  /// Reports what is no object, and every member that is not in `allowed`.
  Fields(const json::Value& object, Keys allowed, Problems& problems);

  const json::Value* find(std::string_view key) const { return object_.find(key); }
  const json::Value& object() const { return object_; }
  Problems& problems() const { return problems_; }
  void require(std::initializer_list<std::string_view> keys) const;
  /// "$schema" is for editors; here it only has to be text.
  void check_schema_reference() const;

  template <class T>
  void read(std::string_view key, T& into) const {
    if (const json::Value* const value = find(key)) read_value(*value, problems_, into);
  }
  template <class T>
  void read(std::string_view key, std::optional<T>& into) const {
    const json::Value* const value = find(key);
    T read{};
    if (value != nullptr && read_value(*value, problems_, read)) into = read;
  }
  template <class T, std::size_t n>
  void read(std::string_view key, T& into, const std::array<Choice<T>, n>& choices) const {
    if (const json::Value* const value = find(key))
      read_choice(*value, problems_, Choices<T>(choices), into);
  }
  template <class T>
  void read_integer(std::string_view key, Range range, T& into) const {
    const json::Value* const value = find(key);
    if (value == nullptr) return;
    if (const auto number = scenario::read_integer(*value, problems_, range))
      into = static_cast<T>(*number);
  }
  /// Like read, in a range, both ends allowed.
  void read_number(std::string_view key, Range range, double& into) const;

 private:
  const json::Value& object_;
  Problems& problems_;
};

}  // namespace sipharness::scenario
