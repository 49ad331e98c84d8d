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

std::string printable(std::string_view text) {
  // nlohmann's writer replaces broken UTF-8; only control characters are left to us.
  const std::string valid =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const std::string unquoted = nlohmann::json::parse(valid).get<std::string>();
  std::string out;
  for (const char c : unquoted) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
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
