#pragma once
// Who said what to whom and when: a capture as a ladder, with what the journal adds. The page draws
// it from JSON, the console as text.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"
#include "harness/trace/trace.hpp"

namespace reports {

struct LadderLane {
  std::string name;
  std::string_view part;  ///< "device", "server", "name server", "other"
  std::vector<std::string> addresses;
};

inline constexpr std::size_t no_lane = static_cast<std::size_t>(-1);

/// A message, a look-up, or an entry of the journal.
struct LadderEntry {
  enum class Kind : std::uint8_t { event, message, lookup };
  Kind kind = Kind::message;
  sipharness::Duration at{};  ///< since scenario zero
  std::string what;           ///< "INVITE", "200 OK", "A pbx.test", "enters phase silent"
  std::size_t from = no_lane;
  std::size_t to = no_lane;  ///< of an event, no_lane; its own lane is `from`
  std::uint32_t frame = 0;
  // --- of an event
  std::string_view event{};  ///< see JournalWords
  // --- of a message
  std::string_view transport{};
  std::string_view bytes{};
  std::string_view call_id{};
  std::size_t number = 1;  ///< of the same bytes over UDP: which one this is
  std::size_t of = 1;      ///< and how many there are
  std::size_t first = 0;   ///< the entry that sent them first
  bool ignored = false;    ///< the server did not react
};

/// What of a capture is drawn: it may have millions of messages, each of 64 KiB, and a ladder is
/// read by people. policy.
struct LadderLimits {
  std::size_t messages = 20'000;         ///< so many look-ups and entries of the journal besides
  std::size_t text = 8UL * 1024 * 1024;  ///< of different lines in messages
  bool so_far = false;  ///< of a run that goes on: the newest, and no end; else the first ones
  std::set<std::string> devices{};  ///< of those under test only these; empty: all
};
/// Of a run that goes on: drawn again and again.
inline LadderLimits ladder_so_far() {
  return {2'000, 512UL * 1024, true};
}
/// policy: lanes of those who are neither under test nor a server; the rest share one.
inline constexpr std::size_t most_other_lanes = 30;

struct Ladder {
  std::vector<LadderLane> lanes;     ///< devices under test, servers, then others as they come
  std::vector<LadderEntry> entries;  ///< by time; what has the same time in the order of frames
  std::size_t left_out = 0;          ///< messages beyond the limit
};

Ladder ladder_of(const sipharness::trace::Trace& trace, const LadderLimits& limits = {});

/// {"lanes", "columns", "entries", "lines", "calls", "left_out"}. Compact, as messages are nearly
/// alike: an entry is an array, and its bytes are numbers of lines in one table, which takes
/// `most_text` bytes. Times are whole microseconds.
nlohmann::ordered_json ladder_json(const Ladder& ladder, std::size_t most_text);

/// At most `width` columns; silences are folded, copies counted.
std::string text_ladder(const Ladder& ladder, std::size_t width);

}  // namespace reports
