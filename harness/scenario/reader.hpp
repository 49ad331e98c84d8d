#pragma once
// Reads a described value from JSON. What is missing keeps the value it had; what is wrong goes to
// Problems and keeps it too, so that reading never stops at the first mistake. `read_value` is
// false where a value cannot be used at all: a list leaves it out.

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/scenario/fields.hpp"
#include "harness/scenario/profile_form.hpp"
#include "harness/scenario/scenario_form.hpp"

namespace sipharness::scenario {

// --- Kinds of single values ----------------------------------------------------------------------

inline bool read_value(const json::Value&, Problems&, Anything&, kind::Any) {
  return true;
}
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Text);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::OneLine);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Name);
/// A name that a run folder may bear.
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::FileName);
bool is_file_name(std::string_view text);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::HostName);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::RecordName);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::PhaseName);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Requirement);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Setting);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Pattern);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Path);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Template);
bool read_value(const json::Value& value, Problems& problems, bool& into, kind::Truth);
bool read_value(const json::Value& value, Problems& problems, Duration& into, kind::Time);
bool read_value(const json::Value& value, Problems& problems, std::optional<Duration>& into,
                kind::DelayOrNever);
bool read_value(const json::Value& value, Problems& problems, IpAddress& into, kind::Address);
bool read_value(const json::Value& value, Problems& problems, Anchor& into, kind::Anchor);
bool read_value(const json::Value& value, Problems& problems, NameTarget& into, kind::NameTarget);
bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Bytes);
bool read_value(const json::Value& value, Problems& problems, std::string& into,
                kind::MessageLine line);
bool read_value(const json::Value& value, Problems& problems, HeaderList& into,
                kind::Headers headers);
bool read_value(const json::Value& value, Problems& problems, double& into, kind::Number);
bool read_value(const json::Value& value, Problems& problems, int& into, kind::Either);
bool read_value(const json::Value& value, Problems& problems,
                std::map<std::string, std::string>& into, kind::Files);
/// Nothing, and a problem, if it is no whole number in the range.
std::optional<std::int64_t> read_integer(const json::Value& value, Problems& problems, Range range);
/// The items of an array, or the members of an object; none, and a problem, if it is neither.
std::span<const json::Value> items_of(const json::Value& value, Problems& problems);
std::span<const json::Member> members_of(const json::Value& value, Problems& problems);

// --- Objects that may be written in a shorter way ------------------------------------------------

bool read_value(const json::Value& value, Problems& problems, Nth& into, kind::Object);
bool read_value(const json::Value& value, Problems& problems, Expectation& into, kind::Object);
bool read_value(const json::Value& value, Problems& problems, Password& into, kind::Object);

inline bool read_value(const json::Value& value, Problems& problems, Delay& into, kind::Time time) {
  return read_value(value, problems, into.by, time);
}

template <class T>
requires std::same_as<T, Drop> || std::same_as<T, Mute>
bool read_value(const json::Value& value, Problems& problems, T&, kind::Present) {
  if (value.kind != json::Kind::boolean || !value.boolean) problems.add_wrong(value, "true");
  return true;
}

template <std::integral T>
bool read_value(const json::Value& value, Problems& problems, T& into, kind::Integer integer) {
  const auto number = read_integer(value, problems, integer.range);
  if (number) into = static_cast<T>(*number);
  return number.has_value();
}

// --- Words, lists, and values that need not be there ---------------------------------------------

template <class T, class Word>
requires is_single<T>
bool read_value(const json::Value& value, Problems& problems, T& into, kind::OneOf<Word> one_of) {
  for (const Choice<Word>& choice : one_of.choices) {
    if (value.kind != json::Kind::string || value.string != choice.name) continue;
    into = T(choice.value);
    return true;
  }
  problems.add_choice(value, names_of(one_of.choices));
  return false;
}

template <class T, class Kind>
bool read_value(const json::Value& value, Problems& problems, std::optional<T>& into, Kind kind) {
  T read{};
  const bool is_usable = read_value(value, problems, read, kind);
  if (is_usable) into = std::move(read);
  return is_usable;
}

template <class T, class Kind>
bool read_value(const json::Value& value, Problems& problems, std::vector<T>& into, Kind kind) {
  into.clear();
  for (const json::Value& item : items_of(value, problems)) {
    T read{};
    if (read_value(item, problems, read, kind)) into.push_back(std::move(read));
  }
  return true;
}

template <class T, class Kind>
bool read_value(const json::Value& value, Problems& problems, std::vector<T>& into,
                kind::OneOrMore<Kind> one_or_more) {
  if (value.kind == json::Kind::array) return read_value(value, problems, into, one_or_more.kind);
  T read{};
  if (read_value(value, problems, read, one_or_more.kind)) into = {std::move(read)};
  return true;
}

template <class Kind>
bool read_value(const json::Value& value, Problems& problems,
                std::map<std::string, std::string>& into, Kind kind) {
  for (const auto& [name, member] : members_of(value, problems))
    read_value(member, problems, into[name], kind);
  return true;
}

// --- Objects -------------------------------------------------------------------------------------

/// The form that a description fills from a JSON object.
class Reader {
 public:
  explicit Reader(const Fields& fields) : fields_(fields) {}

  void operator()(std::string_view key, auto& into, auto kind, std::string_view) {
    if (const json::Value* const value = find(key)) read_value(*value, problems(), into, kind);
  }
  void required(std::string_view key, auto& into, auto kind, std::string_view what) {
    fields_.require({key});
    (*this)(key, into, kind, what);
  }
  template <class T>
  void alternative(std::string_view key, auto& variant, auto kind, std::string_view) {
    if (const json::Value* const value = find(key))
      read_value(*value, problems(), variant.template emplace<T>(), kind);
  }
  template <class T>
  void entry(std::string_view key, std::map<std::string, T>& map, auto kind, std::string_view) {
    if (const json::Value* const value = find(key))
      read_value(*value, problems(), map[std::string(key)], kind);
  }
  /// Reports every member that no call named.
  void refuse_others() const;

 private:
  const json::Value* find(std::string_view key) {
    known_.push_back(key);
    return fields_.find(key);
  }
  Problems& problems() const { return fields_.problems(); }

  const Fields& fields_;
  std::vector<std::string_view> known_;
};

template <Described T>
bool read_object(const json::Value& value, Problems& problems, T& into) {
  const Fields fields(value, problems);
  if constexpr (requires { prepare(fields, into); }) prepare(fields, into);
  Reader form(fields);
  describe(form, into);
  form.refuse_others();
  if constexpr (requires { check(fields, into); }) check(fields, into);
  return true;
}

template <Described T>
bool read_value(const json::Value& value, Problems& problems, T& into, kind::Object) {
  return read_object(value, problems, into);
}

}  // namespace sipharness::scenario
