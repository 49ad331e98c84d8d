#pragma once
// What a requirement says. The rules of harness/check each hold one.

#include <cstdint>
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

}  // namespace sipharness::verdict
