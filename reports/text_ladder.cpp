// The ladder as text, for a terminal and for a mail.

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "reports/ladder.hpp"
#include "reports/page.hpp"

namespace reports {
namespace {

using namespace sipharness;
using Kind = LadderEntry::Kind;

/// policy: a longer silence gets a line of its own.
constexpr Duration folded_silence = 1500ms;
constexpr std::size_t margin = 18;     ///< seconds and frame
constexpr std::size_t most_lanes = 5;  ///< what fits; others are named in the line itself
constexpr std::size_t least_width = 60;

/// One line, written over column by column.
class Line {
 public:
  explicit Line(std::size_t columns) : cells_(columns, " ") {}
  void put(std::size_t column, std::string_view cell) {
    if (column < cells_.size()) cells_[column] = cell;
  }
  void fill(std::size_t from, std::size_t to, std::string_view cell) {
    for (std::size_t column = from; column < to; ++column) put(column, cell);
  }
  /// Text around a column, kept inside; printable, one column a character.
  void centre(std::size_t column, std::string_view text) {
    const std::vector<std::string_view> characters = split(text);
    const std::size_t most = cells_.size() - std::min(cells_.size(), characters.size());
    std::size_t at = std::min(column - std::min(column, characters.size() / 2), most);
    for (const std::string_view character : characters) put(at++, character);
  }
  std::string text() const {
    std::string out;
    for (const std::string& cell : cells_) out += cell;
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
  }

 private:
  static std::vector<std::string_view> split(std::string_view utf8) {
    std::vector<std::string_view> characters;
    for (std::size_t begin = 0; begin < utf8.size();) {
      std::size_t end = begin + 1;
      while (end < utf8.size() && (static_cast<unsigned char>(utf8[end]) & 0xc0U) == 0x80) ++end;
      characters.push_back(utf8.substr(begin, end - begin));
      begin = end;
    }
    return characters;
  }

  std::vector<std::string> cells_;
};

class TextLadder {
 public:
  TextLadder(const Ladder& ladder, std::size_t width)
      : ladder_(ladder),
        columns_(std::max(width, least_width) - margin),
        lanes_(std::min(ladder.lanes.size(), most_lanes)) {}

  std::string draw() {
    Line heads(columns_);
    for (std::size_t lane = 0; lane < lanes_; ++lane)
      heads.centre(column_of(lane), clipped(ladder_.lanes[lane].name, columns_ / lanes_ - 1));
    std::string out = fmt::format("{:>10} {:>6} {}\n", "seconds", "frame", heads.text());
    const LadderEntry* before = nullptr;
    for (const LadderEntry& entry : ladder_.entries) {
      if (before != nullptr && entry.at - before->at > folded_silence)
        out +=
            fmt::format("{:>10} {:>6} {}\n", ":", "",
                        words(columns_ / 2, format_seconds(entry.at - before->at) + " of silence"));
      out += line(entry);
      before = &entry;
    }
    if (ladder_.left_out > 0)
      out += fmt::format("and {} messages that are not drawn\n", ladder_.left_out);
    return out;
  }

 private:
  std::size_t column_of(std::size_t lane) const { return (2 * lane + 1) * columns_ / (2 * lanes_); }

  Line lifelines() const {
    Line line(columns_);
    for (std::size_t lane = 0; lane < lanes_; ++lane) line.put(column_of(lane), "|");
    return line;
  }

  std::string words(std::size_t column, const std::string& text) const {
    Line line = lifelines();
    line.centre(column, text);
    return line.text();
  }

  std::string line(const LadderEntry& entry) const {
    const std::string frame = entry.frame == 0 ? "" : std::to_string(entry.frame);
    return fmt::format("{:>10} {:>6} {}\n",
                       format_seconds(entry.at).substr(0, format_seconds(entry.at).size() - 2),
                       frame, entry.kind == Kind::event ? event(entry) : arrow(entry));
  }

  std::string event(const LadderEntry& entry) const {
    const bool has_lane = entry.from < lanes_;
    return words(has_lane ? column_of(entry.from) : columns_ / 2,
                 clipped("* " + entry.what, columns_));
  }

  std::string arrow(const LadderEntry& entry) const {
    const std::string label = entry.of > 1
                                  ? fmt::format("{} ({} of {})", entry.what, entry.number, entry.of)
                                  : entry.what;
    if (entry.from >= lanes_ || entry.to >= lanes_ || entry.from == entry.to)
      return words(columns_ / 2,
                   clipped(fmt::format("{}: {} to {}", label, ladder_.lanes[entry.from].name,
                                       ladder_.lanes[entry.to].name),
                           columns_));
    const std::size_t a = column_of(entry.from);
    const std::size_t b = column_of(entry.to);
    const std::size_t left = std::min(a, b) + 1;
    const std::size_t right = std::max(a, b);
    Line line = lifelines();
    line.fill(left, right, entry.number > 1 ? "." : "-");
    const std::string_view head = entry.ignored ? "x" : a < b ? ">" : "<";
    const std::size_t before_it = entry.ignored ? 3 : 0;
    line.put(a < b ? right - 1 - before_it : left + before_it, head);
    if (entry.ignored)
      line.fill(a < b ? right - before_it : left, a < b ? right : left + before_it, " ");
    line.centre((left + right) / 2, clipped(label, right - left - 4));
    return line.text();
  }

  const Ladder& ladder_;
  std::size_t columns_;
  std::size_t lanes_;
};

}  // namespace

std::string text_ladder(const Ladder& ladder, std::size_t width) {
  if (ladder.entries.empty() || ladder.lanes.empty()) return "nothing to draw\n";
  return TextLadder(ladder, width).draw();
}

}  // namespace reports
