#pragma once
// What a phone says of itself by calling a URL: "/action/establishedCall?remote=2001&…". Hostile
// until read: bounded, printable, and worth no more than the phone's word.
// @source GRP26xx administration guide, Outbound Notification: variables that the phone cannot fill
//   arrive as they were written ("remote=$remote"), blanks may be raw

#include <optional>
#include <string>
#include <string_view>

namespace sipharness::dut {

struct ActionReport {
  std::string event;    ///< "establishedCall"
  std::string details;  ///< "remote=2001 call=…", what the phone did fill in
};

/// Nothing if the target is no action URL.
std::optional<ActionReport> parse_action_url(std::string_view target);

}  // namespace sipharness::dut
