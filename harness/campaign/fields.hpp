#pragma once
// Reads an object of a document of ours: what is not there or of another kind is one error with its
// place, and everything after it is read as if it were empty.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/expected.hpp"
#include "harness/base/time.hpp"
#include "harness/json/document.hpp"

namespace sipharness::campaign {

/// A document while it is read.
struct Reading {
  std::string_view file;
  std::optional<Error> error{};  ///< the first

  void fail(const json::Value& where, std::string message);
};

class Fields {
 public:
  Fields(const json::Value& object, Reading& reading);

  std::string text(std::string_view key) const;            ///< a string
  std::string text_or_empty(std::string_view key) const;   ///< a string or null, which is empty
  std::string text_or_absent(std::string_view key) const;  ///< empty where it is not there
  std::optional<std::string> text_or_none(std::string_view key) const;
  bool truth(std::string_view key) const;
  bool truth_or(std::string_view key, bool fallback) const;
  /// A whole number; beyond 2^53 the nearest that a double holds.
  std::uint64_t count(std::string_view key) const;
  Duration seconds(std::string_view key) const;
  std::optional<Duration> seconds_or_none(std::string_view key) const;  ///< also where absent
  std::vector<std::uint64_t> counts(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  /// The items of an array; none where it is absent.
  const std::vector<json::Value>& items(std::string_view key) const;
  /// An object; nothing where it is null or absent.
  std::optional<Fields> object_or_none(std::string_view key) const;
  /// The value whose name is the key's text; the first of `names` and an error if none is.
  template <class Value, std::size_t count>
  Value one_of(std::string_view key, const Value (&values)[count]) const {
    const std::string name = text(key);
    for (const Value value : values)
      if (to_string(value) == name) return value;
    refuse(key, "is no value of it: \"" + name + "\"");
    return values[0];
  }
  void refuse(std::string_view key, const std::string& why) const;
  /// A key that is none of these is an error: of a file that people write, a slip.
  void allow(const std::vector<std::string_view>& keys) const;

 private:
  const json::Value* of_kind(std::string_view key, json::Kind kind, bool may_be_null) const;

  std::uint64_t whole(const json::Value& value) const;

  const json::Value* object_;
  Reading* reading_;
};

}  // namespace sipharness::campaign
