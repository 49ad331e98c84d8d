#include "fake_servers/event_state.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace fake_servers {

namespace {

struct Package {
  std::string_view event;
  std::string_view content_type;
  std::string_view body;  ///< with {entity} and {version}
};

constexpr std::array packages = {
    Package{"message-summary", "application/simple-message-summary",
            "Messages-Waiting: no\r\nMessage-Account: {entity}\r\nVoice-Message: 0/0 (0/0)\r\n"},
    Package{"dialog", "application/dialog-info+xml",
            "<?xml version=\"1.0\"?>\r\n"
            "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{version}\" "
            "state=\"full\" entity=\"{entity}\"></dialog-info>\r\n"},
    Package{"presence", "application/pidf+xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
            "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"{entity}\">"
            "<tuple id=\"t\"><status><basic>open</basic></status></tuple></presence>\r\n"},
    Package{"reg", "application/reginfo+xml",
            "<?xml version=\"1.0\"?>\r\n"
            "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"{version}\" "
            "state=\"full\"><registration aor=\"{entity}\" id=\"r\" state=\"active\"/>"
            "</reginfo>\r\n"},
};

/// Enough for the quotes of an attribute; a URI from outside must not break the document.
std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

const Package* find_package(std::string_view event) {
  const auto found = std::ranges::find(packages, event, &Package::event);
  return found == packages.end() ? nullptr : &*found;
}

}  // namespace

bool is_event_package(std::string_view event) {
  return find_package(event) != nullptr;
}

EventState event_state(std::string_view event, std::string_view entity, std::uint32_t version) {
  const Package* package = find_package(event);
  if (package == nullptr) return {};
  return {package->content_type,
          fmt::format(fmt::runtime(package->body), fmt::arg("entity", escape_xml(entity)),
                      fmt::arg("version", version))};
}

}  // namespace fake_servers
