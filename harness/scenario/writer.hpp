#pragma once
// Writes a described value as JSON that the reader reads back to an equal one. Everything is
// written out, defaults too; what is not said (an optional value, an empty text or list) is left
// out.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/scenario/profile_form.hpp"
#include "harness/scenario/scenario_form.hpp"

namespace sipharness::scenario {

using Json = nlohmann::ordered_json;

// --- Kinds of single values ----------------------------------------------------------------------

/// Whatever JSON has a type for.
Json json_of(const auto& value, auto) {
  return value;
}
inline Json json_of(const Anything&, kind::Any) {
  return {};
}
inline Json json_of(const Duration& duration, kind::Time) {
  return format_duration(duration);
}
inline Json json_of(const Delay& delay, kind::Time) {
  return format_duration(delay.by);
}
inline Json json_of(const IpAddress& address, kind::Address) {
  return address.text();
}
inline Json json_of(const Anchor& anchor, kind::Anchor) {
  return to_string(anchor);
}
inline Json json_of(const NameTarget& target, kind::NameTarget) {
  return target.address ? target.address->text() : target.server;
}
inline Json json_of(const std::optional<Duration>& delay, kind::DelayOrNever) {
  return delay ? format_duration(*delay) : std::string(words::never);
}
Json json_of(const std::string& bytes, kind::Bytes);
Json json_of(const HeaderList& headers, kind::Headers);
Json json_of(const std::map<std::string, std::string>& files, kind::Files);

template <class T>
requires is_single<T> Json json_of(const T&, kind::Present) {
  return true;
}

template <class T, class Word>
requires is_single<T> Json json_of(const T& value, kind::OneOf<Word> one_of) {
  for (const Choice<Word>& choice : one_of.choices)
    if (T(choice.value) == value) return choice.name;
  return {};
}

// --- Objects, lists and values that need not be there --------------------------------------------

template <Described T>
Json json_of(const T& value, kind::Object);
/// In their shorter way, where that says all.
Json json_of(const Nth& nth, kind::Object);
Json json_of(const Expectation& expectation, kind::Object);

template <class T, class Kind>
Json json_of(const std::optional<T>& value, Kind kind) {
  return value ? json_of(*value, kind) : Json();
}

template <class T, class Kind>
Json json_of(const std::vector<T>& values, Kind kind) {
  Json array = Json::array();
  for (const T& value : values) array.push_back(json_of(value, kind));
  return array;
}

template <class T, class Kind>
Json json_of(const std::vector<T>& values, kind::OneOrMore<Kind> one_or_more) {
  return json_of(values, one_or_more.kind);
}

/// The form that a description gives its values to.
class Writer {
 public:
  template <class T>
  void operator()(std::string_view key, const std::optional<T>& value, auto kind,
                  std::string_view) {
    Json json = json_of(value, kind);
    if (!json.is_null()) put(key, std::move(json));
  }
  void operator()(std::string_view key, const auto& value, auto kind, std::string_view) {
    Json json = json_of(value, kind);
    if (!json.empty() && json != "") put(key, std::move(json));
  }
  void required(std::string_view key, const auto& value, auto kind, std::string_view) {
    put(key, json_of(value, kind));
  }
  template <class T>
  void alternative(std::string_view key, const auto& variant, auto kind, std::string_view) {
    if (const T* const value = std::get_if<T>(&variant)) put(key, json_of(*value, kind));
  }
  template <class T>
  void entry(std::string_view key, const std::map<std::string, T>& map, auto kind,
             std::string_view) {
    const auto found = map.find(std::string(key));
    if (found != map.end()) put(key, json_of(found->second, kind));
  }
  Json take() { return std::move(object_); }

 private:
  void put(std::string_view key, Json json) { object_[std::string(key)] = std::move(json); }

  Json object_ = Json::object();
};

template <Described T>
Json object_of(T value) {
  Writer form;
  describe(form, value);
  return form.take();
}

template <Described T>
Json json_of(const T& value, kind::Object) {
  return object_of(value);
}

}  // namespace sipharness::scenario
