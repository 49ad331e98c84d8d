#pragma once
// Collects what is wrong with a file, each with the place it was found at, so that one reading
// tells all of it.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/json/document.hpp"

namespace sipharness::scenario {

/// The ids of all requirements there are.
using RequirementIds = std::vector<std::string_view> (*)();

class Problems {
 public:
  /// `requirements`: see read_scenarios.
  explicit Problems(std::string_view file, RequirementIds requirements = nullptr)
      : file_(file), requirements_(requirements) {}

  void add(const json::Value& at, std::string message);
  /// "found "pimary"; allowed: primary, secondary; did you mean "primary"?"
  void add_choice(const json::Value& at, const std::vector<std::string_view>& allowed);
  /// "found a number, 60; allowed: …"
  void add_wrong(const json::Value& at, std::string_view allowed);

  /// A key that is not there. It is not told of where a member of the object was meant to be it.
  void add_missing(const json::Value& object, std::string_view key);
  void add_unknown(const json::Value& object, const json::Member& member,
                   const std::vector<std::string_view>& allowed);

  bool empty() const { return found_.empty(); }
  std::string_view file() const { return file_; }
  RequirementIds requirements() const { return requirements_; }
  /// All of them in file order, each once (variants share most of their text).
  std::vector<Error> in_file_order() const;

 private:
  /// An object, by its pointer, and one of its keys.
  using Key = std::pair<std::string, std::string>;

  struct Problem {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    Error error;
    std::optional<Key> missing{};
  };
  std::string file_;
  RequirementIds requirements_;
  std::vector<Problem> found_;
  std::set<Key> meant_;
};

/// All errors, at least one, as one: its text is one line for each.
Error joined(std::vector<Error> errors);

/// What stands in the file, for a sentence: "60", "\"5 sec\"", "an object".
std::string describe(const json::Value& value);
/// "a", "a or b", "a, b or c".
std::string enumerate(const std::vector<std::string_view>& words);
/// `; did you mean "primary"?`, or nothing.
std::string did_you_mean(std::string_view found, const std::vector<std::string_view>& allowed);

}  // namespace sipharness::scenario
