#pragma once
// What a NOTIFY says when nothing is the matter: minimal bodies of the event packages served here.
// @source RFC 3842 §5.2; RFC 4235 §4; RFC 3863 §4; RFC 3680 §5

#include <cstdint>
#include <string>
#include <string_view>

namespace fake_servers {

inline constexpr std::string_view event_packages = "message-summary, dialog, presence, reg";

bool is_event_package(std::string_view event);

struct EventState {
  std::string_view content_type;
  std::string body;
};

/// The idle state of `entity` (a URI) in a known package; `version` counts the NOTIFYs.
EventState event_state(std::string_view event, std::string_view entity, std::uint32_t version);

}  // namespace fake_servers
