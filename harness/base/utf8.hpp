#pragma once
// Whether a text is UTF-8. @source RFC 3629 §4

#include <cstddef>
#include <string_view>

namespace sipharness {

/// Bytes of the character that `text` begins with; 0 if it begins with none.
std::size_t character_length(std::string_view text);

/// Offset of the first byte that is not part of well-formed UTF-8; text.size() if there is none.
std::size_t first_ill_formed(std::string_view text);

}  // namespace sipharness
