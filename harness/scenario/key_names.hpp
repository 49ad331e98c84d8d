#pragma once
// The keys of a described object.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/profile_form.hpp"
#include "harness/scenario/scenario_form.hpp"

namespace sipharness::scenario {

/// The form that only looks at the keys.
struct KeyNames {
  std::vector<std::string_view> all;
  std::vector<std::string_view> alternatives;

  void operator()(std::string_view key, auto&, auto, std::string_view) { all.push_back(key); }
  void required(std::string_view key, auto&, auto, std::string_view) { all.push_back(key); }
  template <class T>
  void alternative(std::string_view key, auto&, auto, std::string_view) {
    all.push_back(key);
    alternatives.push_back(key);
  }
  void entry(std::string_view key, auto&, auto, std::string_view) { all.push_back(key); }
};

template <Described T>
KeyNames keys_of() {
  KeyNames names;
  T value{};
  describe(names, value);
  return names;
}

}  // namespace sipharness::scenario
