#include "harness/campaign/fields.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace sipharness::campaign {

void Reading::fail(const json::Value& where, std::string message) {
  if (!error) error = Error{json::place(file, where), std::move(message)};
}

Fields::Fields(const json::Value& object, Reading& reading) : object_(&object), reading_(&reading) {
  if (object.kind != json::Kind::object)
    reading.fail(object, fmt::format("expected an object, found {}", to_string(object.kind)));
}

void Fields::refuse(std::string_view key, const std::string& why) const {
  const json::Value* value = object_->find(key);
  reading_->fail(value == nullptr ? *object_ : *value, fmt::format("\"{}\" {}", key, why));
}

const json::Value* Fields::of_kind(std::string_view key, json::Kind kind, bool may_be_null) const {
  const json::Value* value = object_->find(key);
  if (value == nullptr) {
    refuse(key, "is missing");
    return nullptr;
  }
  if (value->kind == kind) return value;
  if (!may_be_null || value->kind != json::Kind::null)
    refuse(key, fmt::format("must be {}, found {}", to_string(kind), to_string(value->kind)));
  return nullptr;
}

std::string Fields::text(std::string_view key) const {
  const json::Value* value = of_kind(key, json::Kind::string, false);
  return value == nullptr ? std::string() : value->string;
}

std::optional<std::string> Fields::text_or_none(std::string_view key) const {
  const json::Value* value = of_kind(key, json::Kind::string, true);
  return value == nullptr ? std::nullopt : std::optional(value->string);
}

std::string Fields::text_or_empty(std::string_view key) const {
  return text_or_none(key).value_or(std::string());
}

std::string Fields::text_or_absent(std::string_view key) const {
  return object_->find(key) == nullptr ? std::string() : text(key);
}

bool Fields::truth(std::string_view key) const {
  const json::Value* value = of_kind(key, json::Kind::boolean, false);
  return value != nullptr && value->boolean;
}

bool Fields::truth_or(std::string_view key, bool fallback) const {
  return object_->find(key) == nullptr ? fallback : truth(key);
}

std::uint64_t Fields::count(std::string_view key) const {
  const json::Value* value = of_kind(key, json::Kind::number, false);
  return value == nullptr ? 0 : whole(*value);
}

std::uint64_t Fields::whole(const json::Value& value) const {
  const double number = value.number;
  if (value.kind == json::Kind::number && number >= 0 && number < 0x1p64 &&
      number == std::floor(number))
    return static_cast<std::uint64_t>(number);
  reading_->fail(value, "must be a whole number from 0 on");
  return 0;
}

std::vector<std::uint64_t> Fields::counts(std::string_view key) const {
  std::vector<std::uint64_t> all;
  for (const json::Value& item : items(key)) all.push_back(whole(item));
  return all;
}

std::optional<Duration> Fields::seconds_or_none(std::string_view key) const {
  if (object_->find(key) == nullptr) return std::nullopt;
  const json::Value* value = of_kind(key, json::Kind::number, true);
  if (value == nullptr) return std::nullopt;
  constexpr double most = 1e9;  // some 30 years
  if (std::abs(value->number) <= most) return from_seconds(value->number);
  refuse(key, "is no number of seconds that a run can last");
  return std::nullopt;
}

Duration Fields::seconds(std::string_view key) const {
  if (of_kind(key, json::Kind::number, false) == nullptr) return {};
  return seconds_or_none(key).value_or(Duration::zero());
}

const std::vector<json::Value>& Fields::items(std::string_view key) const {
  static const std::vector<json::Value> none;
  if (object_->find(key) == nullptr) return none;
  const json::Value* value = of_kind(key, json::Kind::array, false);
  return value == nullptr ? none : value->items;
}

std::vector<std::string> Fields::texts(std::string_view key) const {
  std::vector<std::string> all;
  for (const json::Value& item : items(key)) {
    if (item.kind != json::Kind::string) reading_->fail(item, "must be a string");
    all.push_back(item.string);
  }
  return all;
}

void Fields::allow(const std::vector<std::string_view>& keys) const {
  for (const json::Member& member : object_->members) {
    if (std::ranges::find(keys, member.name) != keys.end()) continue;
    const std::string_view meant = json::nearest(member.name, keys);
    reading_->fail(
        member.value,
        fmt::format("\"{}\": unknown key; allowed is {}{}", member.name, fmt::join(keys, ", "),
                    meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant)));
  }
}

std::optional<Fields> Fields::object_or_none(std::string_view key) const {
  const json::Value* value = object_->find(key);
  if (value == nullptr || value->kind == json::Kind::null) return std::nullopt;
  return Fields(*value, *reading_);
}

}  // namespace sipharness::campaign
