#include "reports/text.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace reports {

using sipharness::verdict::Result;
using sipharness::verdict::Verdict;

namespace {

/// A code point that neither a terminal nor an XML reader may see, and its length in bytes.
struct Unprintable {
  unsigned code = 0;
  std::size_t length = 0;  ///< zero: there is none
};

/// C0, DEL, C1 (a terminal takes U+009B for an escape sequence) and the two that XML forbids.
/// @source ECMA-48 §5.3; XML 1.0 §2.2
Unprintable unprintable_at_front(std::string_view utf8) {
  const auto byte = [utf8](std::size_t at) { return static_cast<unsigned char>(utf8[at]); };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return {byte(0), 1};
  if (byte(0) == 0xc2 && byte(1) < 0xa0) return {byte(1), 2};
  if (utf8.starts_with("\xef\xbf\xbe")) return {0xfffe, 3};
  if (utf8.starts_with("\xef\xbf\xbf")) return {0xffff, 3};
  return {};
}

}  // namespace

std::string printable(std::string_view text) {
  // nlohmann's writer replaces broken UTF-8; only control characters are left to us.
  const std::string valid =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const std::string unquoted = nlohmann::json::parse(valid).get<std::string>();
  std::string out;
  for (std::string_view rest = unquoted; !rest.empty();) {
    const Unprintable found = unprintable_at_front(rest);
    if (found.length == 0)
      out += rest.front();
    else
      out += fmt::format("\\x{:02x}", found.code);
    rest.remove_prefix(std::max<std::size_t>(found.length, 1));
  }
  return out;
}

std::string frame_list(const std::vector<std::uint32_t>& frames, std::size_t most) {
  if (frames.empty()) return {};
  const std::span shown(frames.data(), std::min(most, frames.size()));
  std::string text =
      fmt::format("frame{} {}", frames.size() == 1 ? "" : "s", fmt::join(shown, ", "));
  if (frames.size() > most) text += fmt::format(" and {} more", frames.size() - most);
  return text;
}

std::string count_line(const Result& result) {
  struct Word {
    Verdict verdict;
    std::string_view one;
    std::string_view many;
    bool always;
  };
  constexpr std::array words{
      Word{Verdict::pass, "passed", "passed", true},
      Word{Verdict::warn, "warning", "warnings", false},
      Word{Verdict::fail, "failed", "failed", true},
      Word{Verdict::inconclusive, "inconclusive", "inconclusive", false},
      Word{Verdict::info, "info", "info", false},
      Word{Verdict::not_applicable, "not applicable", "not applicable", false}};
  const auto counts = sipharness::verdict::counts(result);
  std::string line;
  for (const Word& word : words) {
    const std::size_t count = counts[static_cast<std::size_t>(word.verdict)];
    if (count == 0 && !word.always) continue;
    if (!line.empty()) line += ", ";
    line += fmt::format("{} {}", count, count == 1 ? word.one : word.many);
  }
  return line;
}

std::string full_name(const Result& result) {
  return result.variant.empty() ? result.scenario
                                : fmt::format("{}/{}", result.scenario, result.variant);
}

}  // namespace reports
