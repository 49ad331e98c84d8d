#include "harness/scenario/fields.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace sipharness::scenario {
namespace {

constexpr std::array<std::string_view, 5> units{"us", "ms", "s", "min", "h"};

/// "5s" for "5 sec", "60s" for "60" and for 60; empty if no duration can be made out.
std::string meant_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  if (digits == 0) return {};
  std::string_view unit = text.substr(digits);
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  std::string_view meant = unit.empty() ? "s" : json::nearest(unit, {units.begin(), units.end()});
  if (unit.starts_with("sec")) meant = "s";
  if (unit.starts_with("hour")) meant = "h";
  if (unit.starts_with("min")) meant = "min";
  if (meant.empty()) return {};
  const std::string duration = fmt::format("{}{}", text.substr(0, digits), meant);
  return parse_duration(duration) ? duration : std::string();
}

std::string range_text(Range range) {
  return fmt::format("a number from {} to {}", range.min, range.max);
}

}  // namespace

bool read_value(const json::Value& value, Problems& problems, std::string& into) {
  if (value.kind != json::Kind::string) {
    problems.add_wrong(value, "a string");
    return false;
  }
  into = value.string;
  return true;
}

bool read_value(const json::Value& value, Problems& problems, bool& into) {
  if (value.kind != json::Kind::boolean) {
    problems.add_wrong(value, "true or false");
    return false;
  }
  into = value.boolean;
  return true;
}

bool read_value(const json::Value& value, Problems& problems, Duration& into) {
  const bool is_text = value.kind == json::Kind::string;
  if (const auto duration = parse_duration(is_text ? value.string : "")) {
    into = *duration;
    return true;
  }
  const std::string found = describe(value);
  const std::string meant = meant_duration(is_text ? value.string : found);
  problems.add(value, fmt::format("found {}; allowed is a number with its unit (us, ms, s, min or "
                                  "h), such as \"500ms\"{}",
                                  found, meant.empty() ? "" : "; did you mean \"" + meant + "\"?"));
  return false;
}

bool read_value(const json::Value& value, Problems& problems, IpAddress& into) {
  const auto address =
      value.kind == json::Kind::string ? IpAddress::parse(value.string) : std::nullopt;
  if (!address) {
    problems.add_wrong(value, "an IPv4 or IPv6 address, such as \"127.0.0.11\" or \"::1\"");
    return false;
  }
  into = *address;
  return true;
}

std::optional<std::int64_t> read_integer(const json::Value& value, Problems& problems,
                                         Range range) {
  const bool is_integer =
      value.kind == json::Kind::number && std::trunc(value.number) == value.number;
  if (is_integer && value.number >= range.min && value.number <= range.max)
    return static_cast<std::int64_t>(value.number);
  problems.add_wrong(value, "a whole " + range_text(range).substr(2));
  return std::nullopt;
}

std::span<const json::Value> items_of(const json::Value& value, Problems& problems) {
  if (value.kind == json::Kind::array) return value.items;
  problems.add_wrong(value, "an array");
  return {};
}

Fields::Fields(const json::Value& object, Keys allowed, Problems& problems)
    : object_(object), problems_(problems) {
  if (object.kind != json::Kind::object) problems.add_wrong(object, "an object");
  const std::vector<std::string_view> names(allowed.begin(), allowed.end());
  for (const auto& [key, value] : object.members) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    problems.add(value, fmt::format("unknown key; allowed is {}{}", enumerate(names),
                                    did_you_mean(key, names)));
  }
}

void Fields::check_schema_reference() const {
  std::string schema;
  read("$schema", schema);
}

void Fields::require(std::initializer_list<std::string_view> keys) const {
  if (object_.kind != json::Kind::object) return;
  for (const std::string_view key : keys)
    if (find(key) == nullptr) problems_.add(object_, fmt::format("\"{}\" is missing", key));
}

void Fields::read_number(std::string_view key, Range range, double& into) const {
  const json::Value* const value = find(key);
  if (value == nullptr) return;
  const bool fits =
      value->kind == json::Kind::number && value->number >= range.min && value->number <= range.max;
  if (fits)
    into = value->number;
  else
    problems_.add_wrong(*value, range_text(range));
}

}  // namespace sipharness::scenario
