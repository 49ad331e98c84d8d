#include "harness/base/time.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace sipharness {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longest unit first: format_duration takes the first that divides.
constexpr std::array units{
    Unit{"h", 3'600'000'000'000}, Unit{"min", 60'000'000'000}, Unit{"s", 1'000'000'000},
    Unit{"ms", 1'000'000},        Unit{"us", 1'000},           Unit{"ns", 1}};

// What SIP can say of a time (32 bits of seconds), and small enough that two add up.
constexpr double longest_ns = 4294967295.0e9;

}  // namespace

Duration from_seconds(double seconds) {
  return Duration(std::llround(seconds * 1e9));
}

std::string format_seconds(Duration d, int decimals) {
  std::int64_t step = 1;
  for (int digit = decimals; digit < 9; ++digit) step *= 10;
  const std::int64_t half = d.count() < 0 ? -step / 2 : step / 2;
  const std::int64_t last_digits = (d.count() + half) / step;
  std::string text = std::to_string(std::abs(last_digits));
  const auto places = static_cast<std::size_t>(decimals);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  if (places > 0) text.insert(text.size() - places, 1, '.');
  if (last_digits < 0) text.insert(0, 1, '-');
  return text.append(" s");
}

std::string format_utc(CaptureTime at) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     (milliseconds - seconds).count());
}

std::optional<CaptureTime> parse_utc(std::string_view text) {
  const std::string whole(text);
  std::tm date{};
  const char* rest = strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%S.", &date);
  if (rest == nullptr) return std::nullopt;
  const char* end = whole.c_str() + whole.size();
  int milliseconds = 0;
  const auto [read, failure] = std::from_chars(rest, end, milliseconds);
  if (failure != std::errc() || read != rest + 3 || std::string_view(read, end) != "Z")
    return std::nullopt;
  const CaptureTime at(std::chrono::seconds(timegm(&date)) +
                       std::chrono::milliseconds(milliseconds));
  return format_utc(at) == text ? std::optional(at) : std::nullopt;
}

std::optional<Duration> parse_duration(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789.");
  if (digits == 0 || digits == std::string_view::npos || text.front() == '.') return std::nullopt;
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + digits, number);
  if (failure != std::errc() || end != text.data() + digits) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digits) != unit.name) continue;
    const double nanoseconds = number * static_cast<double>(unit.nanoseconds);
    if (nanoseconds > longest_ns) return std::nullopt;
    return Duration(std::llround(nanoseconds));
  }
  return std::nullopt;
}

std::string format_duration(Duration d) {
  if (d == Duration::zero()) return "0s";
  for (const Unit& unit : units) {
    if (d.count() % unit.nanoseconds == 0)
      return fmt::format("{}{}", d.count() / unit.nanoseconds, unit.name);
  }
  return fmt::format("{}ns", d.count());
}

}  // namespace sipharness
