#include "reports/page.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "reports/text.hpp"

namespace reports {
namespace {

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80;
}

std::size_t columns_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, begins_character));
}

/// The bytes of the first `columns` characters.
std::string_view front_of(std::string_view utf8, std::size_t columns) {
  std::size_t end = 0;
  for (std::size_t seen = 0; end < utf8.size(); ++end)
    if (begins_character(utf8[end]) && ++seen > columns) break;
  return utf8.substr(0, end);
}

/// A number and its unit stay together: "31.500 s".
bool is_before_unit(std::string_view text, std::size_t blank) {
  const std::string_view next = text.substr(blank + 1);
  return next.starts_with('s') && (next.size() == 1 || !(next[1] >= 'a' && next[1] <= 'z'));
}

/// What fits into `columns`: up to the last blank, or cut where there is none.
std::string_view next_line(std::string_view rest, std::size_t columns) {
  const std::string_view most = front_of(rest, columns);
  if (most.size() == rest.size()) return most;
  std::size_t blank = rest.rfind(' ', most.size());
  if (blank != std::string_view::npos && blank > 0 && is_before_unit(rest, blank))
    blank = rest.rfind(' ', blank - 1);
  return blank == std::string_view::npos || blank == 0 ? most : most.substr(0, blank);
}

/// Characters of escape sequences, which a terminal does not show.
std::size_t unseen_in(std::string_view line) {
  std::size_t unseen = 0;
  for (std::size_t at = line.find('\x1b'); at != std::string_view::npos;
       at = line.find('\x1b', at + 1))
    unseen += std::min(line.find('m', at), line.size() - 1) - at + 1;
  return unseen;
}

}  // namespace

std::string folded(std::string_view text, std::size_t columns) {
  constexpr std::size_t further = 4;
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    std::string_view line = text.substr(0, text[end] == '\n' ? end : end + 1);
    text.remove_prefix(end + 1);
    const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t indent = std::min(begin + further, columns / 2);
    std::string_view part = next_line(line, columns + unseen_in(line));
    // Blanks at the front are no place to break at.
    if (part.size() <= begin) part = front_of(line, columns);
    for (;;) {
      out.append(part).append("\n");
      line.remove_prefix(part.size());
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
      if (line.empty()) break;
      out.append(indent, ' ');
      part = next_line(line, columns - indent);
    }
  }
  return out;
}

std::string date_and_time(sipharness::CaptureTime at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch());
  return fmt::format("{:%Y-%m-%d} {}", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     time_of_day(at));
}

std::string time_of_day(sipharness::CaptureTime at) {
  using namespace std::chrono;
  const auto since_midnight = at.time_since_epoch() - floor<days>(at.time_since_epoch());
  const hh_mm_ss time(floor<milliseconds>(since_midnight));
  return fmt::format("{:02}:{:02}:{:02}.{:03}", time.hours().count(), time.minutes().count(),
                     time.seconds().count(), time.subseconds().count());
}

std::string clipped(std::string_view text, std::size_t columns) {
  // No character takes more than ten bytes to be told, and a name may be a whole datagram.
  const std::string safe = printable(text.substr(0, columns * 4));
  if (columns_of(safe) <= columns && text.size() <= columns * 4) return safe;
  return std::string(front_of(safe, columns - 1)) + "…";
}

void Page::line(std::string_view label, std::string_view text) {
  const std::size_t indent = std::min(columns_of(label), width_ / 2);
  text_ += label;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view now = next_line(rest, width_ - indent);
    text_ += now;
    rest.remove_prefix(now.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (!rest.empty()) text_ += fmt::format("\n{:{}}", "", indent);
  }
  text_ += '\n';
}

}  // namespace reports
