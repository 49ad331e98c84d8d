#pragma once
// What a scenario spells out to be sent: ${name} in it stand for what only a run knows.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/scenario.hpp"

namespace fake_servers {

/// Values by their names.
using Variables = std::map<std::string, std::string, std::less<>>;

std::string filled(std::string_view text, const Variables& variables);
/// Each line with its CRLF.
std::string filled(const std::vector<std::string>& lines, const Variables& variables);
/// The bytes, or else the lines.
std::string filled(const sipharness::scenario::Raw& raw, const Variables& variables);

}  // namespace fake_servers
