#include "reports/text.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/color.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reports {

using sipharness::verdict::Result;
using sipharness::verdict::Verdict;

namespace {

struct Look {
  std::string_view word;
  fmt::terminal_color colour;
};

Look look_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return {"PASS", fmt::terminal_color::green};
    case Verdict::fail:
      return {"FAIL", fmt::terminal_color::red};
    case Verdict::warn:
      return {"WARN", fmt::terminal_color::yellow};
    case Verdict::inconclusive:
      return {"INCONCLUSIVE", fmt::terminal_color::magenta};
    case Verdict::info:
      return {"INFO", fmt::terminal_color::blue};
    case Verdict::not_applicable:
      return {"N/A", fmt::terminal_color::bright_black};
  }
  return {"?", fmt::terminal_color::bright_black};
}

}  // namespace

std::string verdict_word(Verdict verdict, bool colour) {
  const Look look = look_of(verdict);
  if (!colour) return std::string(look.word);
  return fmt::format(fmt::fg(look.colour) | fmt::emphasis::bold, "{}", look.word);
}

std::string printable_json(std::string_view document) {
  std::string out;
  out.reserve(document.size());
  while (!document.empty()) {
    const bool is_ascii = static_cast<unsigned char>(document.front()) < 0x7f;
    const auto found =
        is_ascii ? sipharness::Unprintable() : sipharness::unprintable_at_front(document);
    if (found.length == 0)
      out += document.front();
    else
      out += fmt::format("\\u{:04x}", found.code);
    document.remove_prefix(std::max<std::size_t>(found.length, 1));
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

/// @source GitHub Flavored Markdown 0.29 §2.4 (backslash escapes), §4.10 (tables), §6.9 (autolinks)
std::string in_markdown(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (std::string_view("\\`*_{}[]()#+-.!|<>~&:@/").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace reports
