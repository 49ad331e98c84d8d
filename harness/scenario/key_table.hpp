#pragma once
// The keys of scenario and profile as tables, made from their descriptions: for docs/keys.md, and
// for the test that holds the published schemas to them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/kinds.hpp"

namespace sipharness::scenario {

struct KeyRow {
  std::string_view key;
  std::string allowed;             ///< for people: "duration", "a list of: text"
  std::vector<std::string> words;  ///< of an enumeration: all that are allowed
  std::optional<Range> range;      ///< of a number
  std::string object;              ///< the table of its value or items, where these are objects
  std::string fallback;            ///< what an absent key means; empty: see `what`
  bool is_required = false;
  bool is_alternative = false;  ///< exactly one of these is there
  std::string_view what;
};

struct KeyTable {
  std::string_view name;  ///< below "$defs" of the schema; empty: the file's outermost object
  std::string_view what;
  std::vector<KeyRow> rows;
};

/// The outermost object first, each other one behind the first that has it.
std::vector<KeyTable> scenario_key_tables();
std::vector<KeyTable> profile_key_tables();
std::vector<KeyTable> plan_key_tables();

}  // namespace sipharness::scenario
