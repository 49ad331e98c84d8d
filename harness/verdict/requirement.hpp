#pragma once
// The catalogue: every requirement the harness knows, one row each, as data.

#include <cstdint>
#include <span>
#include <string_view>

namespace sipharness::verdict {

/// How a violation counts. must, should, vendor, quality are judged; info is recorded.
enum class Severity : std::uint8_t { must, should, vendor, quality, info };

std::string_view to_string(Severity severity);

struct Requirement {
  std::string_view id;      ///< "GRP-CALL-03"
  std::string_view clause;  ///< "guide, Case 2", "RFC 3261 §17.1.1.2"
  Severity severity = Severity::must;
  std::string_view sentence;     ///< what the device must do
  std::string_view observed;     ///< how a capture shows it
  std::string_view tolerance{};  ///< which tolerance applies and where it comes from; may be empty
};

/// All rows, in catalogue order.
std::span<const Requirement> requirements();
/// nullptr for an unknown id.
const Requirement* find_requirement(std::string_view id);

}  // namespace sipharness::verdict
