#pragma once
// Whether a text is UTF-8. @source RFC 3629 §4

#include <cstddef>
#include <string_view>

namespace sipharness::json {

/// Offset of the first byte that is not part of well-formed UTF-8; text.size() if there is none.
std::size_t first_ill_formed(std::string_view text);

}  // namespace sipharness::json
