#pragma once
// Words that only those know who were told.

#include <string>
#include <string_view>

namespace sipharness::host {

/// 128 bits of the system's random source as 32 hexadecimal digits. Throws SetupError.
std::string make_secret();

/// Takes as long wherever the two differ.
bool is_same_secret(std::string_view given, std::string_view secret);

}  // namespace sipharness::host
