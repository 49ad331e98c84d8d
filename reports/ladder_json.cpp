// The ladder as the page reads it.

#include <map>

#include <nlohmann/json.hpp>

#include "reports/ladder.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;
using namespace sipharness;
using Kind = LadderEntry::Kind;

constexpr std::string_view beyond = "(this line is not kept here: the capture has it)";

/// Texts that come again and again, each kept once; beyond so many bytes no further ones are.
class Table {
 public:
  explicit Table(std::size_t most) : room_(most) {}
  std::size_t number_of(std::string_view text) {
    if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
    if (text.size() > room_) return text == beyond ? add(beyond) : number_of(beyond);
    room_ -= text.size();
    return add(text);
  }
  ordered_json take() { return std::move(texts_); }

 private:
  std::size_t add(std::string_view text) {
    texts_.emplace_back(text);
    return numbers_.emplace(std::string(text), numbers_.size()).first->second;
  }

  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::size_t room_;
  ordered_json texts_ = ordered_json::array();
};

ordered_json numbers_of_lines(Table& lines, std::string_view bytes) {
  ordered_json numbers = ordered_json::array();
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = bytes.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    numbers.push_back(lines.number_of(line));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return numbers;
}

std::string_view word_of(const LadderEntry& entry) {
  switch (entry.kind) {
    case Kind::event:
      return entry.event;
    case Kind::message:
      return "message";
    case Kind::lookup:
      break;
  }
  return "lookup";
}

ordered_json lane_or_null(std::size_t lane) {
  return lane == no_lane ? ordered_json(nullptr) : ordered_json(lane);
}

}  // namespace

ordered_json ladder_json(const Ladder& ladder, std::size_t most_text) {
  ordered_json lanes = ordered_json::array();
  for (const LadderLane& lane : ladder.lanes)
    lanes.push_back({{"name", lane.name}, {"part", lane.part}, {"addresses", lane.addresses}});
  Table lines(most_text);
  Table calls(most_text);
  ordered_json entries = ordered_json::array();
  for (std::size_t index = 0; index < ladder.entries.size(); ++index) {
    const LadderEntry& entry = ladder.entries[index];
    ordered_json row = {word_of(entry),
                        std::chrono::floor<std::chrono::microseconds>(entry.at).count(),
                        lane_or_null(entry.from),
                        lane_or_null(entry.to),
                        entry.what,
                        entry.frame};
    if (entry.kind == Kind::message) {
      row.insert(row.end(), {entry.transport, calls.number_of(entry.call_id), entry.first,
                             entry.number, entry.of, entry.ignored ? 1 : 0});
      if (entry.number == 1) row.push_back(numbers_of_lines(lines, entry.bytes));
    }
    entries.push_back(std::move(row));
  }
  return {{"lanes", std::move(lanes)},
          {"columns",
           {"kind", "us", "from", "to", "what", "frame", "transport", "call", "first", "number",
            "of", "ignored", "lines"}},
          {"entries", std::move(entries)},
          {"left_out", ladder.left_out},
          {"lines", lines.take()},
          {"calls", calls.take()}};
}

}  // namespace reports
