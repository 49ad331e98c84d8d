#pragma once
// What is other in a second set of runs: firmware against firmware, today against yesterday.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/result.hpp"

namespace sipharness::campaign {

/// What the runs of one side were made with.
struct Firmware {
  std::size_t runs = 0;
  std::set<std::string> user_agents{}, macs{}, profiles{}, kinds{}, harnesses{};
  std::optional<CaptureTime> first{}, last{};  ///< when the first and the last of them began
};
Firmware firmware_of(const verdict::Batch& batch);

/// In the order in which they matter.
enum class ChangeKind : std::uint8_t {
  newly_failing,        ///< a violation that was none, or was a milder one
  undecided,            ///< it was judged and is inconclusive now
  no_longer_exercised,  ///< it was judged and did not come up now
  moved,                ///< an interval, by more than its tolerance
  changed_reason,       ///< the same verdict, for another reason
  milder,               ///< a failure that only warns now
  newly_passing,        ///< a violation that is none now
  decided,              ///< it was inconclusive and passes now
  newly_exercised,      ///< it did not come up before, and passes
};
std::string_view to_string(ChangeKind kind);  ///< "newly failing"

/// One requirement on one side: of several runs of a scenario the worst.
struct Side {
  verdict::Verdict verdict = verdict::Verdict::not_applicable;
  std::string message;
  std::vector<std::uint32_t> frames;
  std::size_t runs = 0;  ///< in which it was judged
  std::size_t violated = 0;
  std::optional<Duration> measured{};  ///< the median, where the interval moved
};

struct Change {
  ChangeKind kind = ChangeKind::changed_reason;
  std::string scenario;  ///< with its variant
  std::string device;    ///< empty where there is one
  const verdict::Requirement* requirement = nullptr;
  Side before, after;
  std::optional<verdict::Window> window{};  ///< of an interval that moved
  Duration tolerance{};
};

struct Comparison {
  Firmware before, after;
  std::vector<Change> changes;                       ///< by kind, then scenario and requirement
  std::size_t unchanged = 0;                         ///< requirements decided alike on both sides
  std::size_t still_undecided = 0;                   ///< inconclusive on both, for the same reason
  std::vector<std::string> only_before, only_after;  ///< scenarios without a counterpart
  std::vector<std::string> cautions;  ///< why a change may not be the firmware's doing
};

Comparison compare(const verdict::Batch& before, const verdict::Batch& after);

/// Fail: something got worse. Inconclusive: what was judged before cannot be said now, or nothing
/// was decided. Else pass.
verdict::Verdict overall(const Comparison& comparison);

}  // namespace sipharness::campaign
