// Single values: what is allowed, and what is said where something else was found.

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "harness/base/printable.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

constexpr std::array<std::string_view, 5> units{"us", "ms", "s", "min", "h"};

/// "5s" for "5 sec", "60s" for "60" and for 60; empty if no duration can be made out.
std::string meant_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  if (digits == 0) return {};
  std::string_view unit = text.substr(digits);
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  std::string_view meant;
  if (unit.empty()) meant = "s";
  if (unit.size() > 1) meant = json::nearest(unit, {units.begin(), units.end()});
  if (unit == "m") meant = "min";
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

bool is_in(Range range, const json::Value& value) {
  return value.kind == json::Kind::number && value.number >= range.min && value.number <= range.max;
}

/// policy: two of them and a date are a file name everywhere.
constexpr std::size_t longest_name = 100;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && printable(text) == text;
}

/// Not what a header's syntax allows, only what would break the message apart.
bool is_one_line(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

/// Stores what was read; where nothing was, says what is allowed.
template <class T>
bool take(const std::optional<T>& read, const json::Value& value, Problems& problems, T& into,
          std::string_view allowed) {
  if (read)
    into = *read;
  else
    problems.add_wrong(value, allowed);
  return read.has_value();
}

}  // namespace

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Text) {
  const bool is_text = value.kind == json::Kind::string;
  return take(is_text ? std::optional(value.string) : std::nullopt, value, problems, into,
              "a string");
}

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::OneLine) {
  if (!read_value(value, problems, into, kind::text)) return false;
  if (!is_one_line(into)) problems.add(value, "found a line end; a header is one line");
  return true;
}

bool is_file_name(std::string_view text) {
  return is_name(text) && text.find('/') == std::string_view::npos && text != "." && text != "..";
}

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Name) {
  if (!read_value(value, problems, into, kind::text)) return false;
  if (!is_name(into)) problems.add_wrong(value, kind::name.allowed);
  return true;
}

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::FileName) {
  if (!read_value(value, problems, into, kind::text)) return false;
  if (!is_file_name(into)) problems.add_wrong(value, kind::file_name.allowed);
  return true;
}

bool read_value(const json::Value& value, Problems& problems, bool& into, kind::Truth) {
  const bool is_truth = value.kind == json::Kind::boolean;
  return take(is_truth ? std::optional(value.boolean) : std::nullopt, value, problems, into,
              "true or false");
}

bool read_value(const json::Value& value, Problems& problems, Duration& into, kind::Time time) {
  const bool is_text = value.kind == json::Kind::string;
  const std::string found = describe(value);
  if (const auto duration = parse_duration(is_text ? value.string : "")) {
    into = *duration;
    if (time.unit > Duration::zero() && *duration % time.unit != Duration::zero())
      problems.add(value,
                   fmt::format("found {}; phones count this in whole {}", found, time.unit_name));
    return true;
  }
  const std::string meant = meant_duration(is_text ? value.string : found);
  problems.add(value, fmt::format("found {}; allowed is a number with its unit (us, ms, s, min or "
                                  "h), such as \"500ms\"{}",
                                  found, meant.empty() ? "" : "; did you mean \"" + meant + "\"?"));
  return false;
}

bool read_value(const json::Value& value, Problems& problems, std::optional<Duration>& into,
                kind::DelayOrNever) {
  if (value.kind != json::Kind::string) {
    problems.add_wrong(value, "a duration such as \"3s\", or \"never\"");
    return false;
  }
  into.reset();
  return value.string == words::never || read_value(value, problems, into, kind::duration);
}

bool read_value(const json::Value& value, Problems& problems, IpAddress& into, kind::Address) {
  const bool is_text = value.kind == json::Kind::string;
  return take(is_text ? IpAddress::parse(value.string) : std::nullopt, value, problems, into,
              "an IPv4 or IPv6 address, such as \"127.0.0.11\" or \"::1\"");
}

bool read_value(const json::Value& value, Problems& problems, double& into, kind::Number number) {
  return take(is_in(number.range, value) ? std::optional(value.number) : std::nullopt, value,
              problems, into, range_text(number.range));
}

bool read_value(const json::Value& value, Problems& problems, int& into, kind::Either either) {
  const bool is_one = value.kind == json::Kind::number &&
                      (value.number == either.first || value.number == either.second);
  return take(is_one ? std::optional(static_cast<int>(value.number)) : std::nullopt, value,
              problems, into, fmt::format("{} or {}", either.first, either.second));
}

bool read_value(const json::Value& value, Problems& problems, std::string& into, kind::Bytes) {
  if (!read_value(value, problems, into, kind::text)) return false;
  const std::string digits = std::exchange(into, {});
  constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";
  if (digits.empty() || digits.size() % 2 != 0 ||
      digits.find_first_not_of(hexadecimal) != std::string::npos) {
    problems.add_wrong(value, kind::bytes.allowed);
    return false;
  }
  for (std::size_t i = 0; i < digits.size(); i += 2)
    into += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return true;
}

bool read_value(const json::Value& value, Problems& problems, std::string& into,
                kind::MessageLine line) {
  if (!read_value(value, problems, into, kind::one_line)) return false;
  const std::vector<std::string_view> known(line.variables.begin(), line.variables.end());
  for (const std::string& name : variables_in(into))
    if (!known.empty() && std::ranges::find(known, name) == known.end())
      problems.add(value, fmt::format("unknown variable ${{{}}}; allowed is {}{}", name,
                                      enumerate(known), did_you_mean(name, known)));
  return true;
}

bool read_value(const json::Value& value, Problems& problems, HeaderList& into,
                kind::Headers headers) {
  const kind::MessageLine line = headers;
  for (const auto& [name, header] : members_of(value, problems)) {
    if (name.empty() || !is_one_line(name)) problems.add(header, "this is no header name");
    std::vector<std::string> values;
    read_value(header, problems, values, kind::one_or_more(line));
    for (std::string& one : values) into.emplace_back(name, std::move(one));
  }
  return true;
}

std::optional<std::int64_t> read_integer(const json::Value& value, Problems& problems,
                                         Range range) {
  if (is_in(range, value) && std::trunc(value.number) == value.number)
    return static_cast<std::int64_t>(value.number);
  problems.add_wrong(value, "a whole " + range_text(range).substr(2));
  return std::nullopt;
}

std::span<const json::Value> items_of(const json::Value& value, Problems& problems) {
  if (value.kind != json::Kind::array) problems.add_wrong(value, "an array");
  return value.items;
}

std::span<const json::Member> members_of(const json::Value& value, Problems& problems) {
  if (value.kind != json::Kind::object) problems.add_wrong(value, "an object");
  return value.members;
}

void Reader::refuse_others() const {
  for (const json::Member& member : fields_.object().members)
    if (std::ranges::find(known_, member.name) == known_.end())
      problems().add_unknown(fields_.object(), member, known_);
}

}  // namespace sipharness::scenario
