#include "fake_servers/spelled_out.hpp"

namespace fake_servers {

namespace scenario = sipharness::scenario;

std::string filled(std::string_view text, const Variables& variables) {
  return scenario::filled(text, [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

std::string filled(const std::vector<std::string>& lines, const Variables& variables) {
  std::string text;
  for (const std::string& line : lines) text.append(filled(line, variables)).append("\r\n");
  return text;
}

std::string filled(const scenario::Raw& raw, const Variables& variables) {
  return raw.bytes.empty() ? filled(raw.lines, variables) : raw.bytes;
}

}  // namespace fake_servers
