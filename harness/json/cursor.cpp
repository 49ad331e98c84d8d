#include "harness/json/cursor.hpp"

#include <algorithm>

namespace sipharness::json {

Position Cursor::advance_to(std::size_t offset) {
  for (const std::size_t end = std::min(offset, text_.size()); offset_ < end; ++offset_) {
    const auto byte = static_cast<unsigned char>(text_[offset_]);
    const bool continues_character = (byte & 0xC0U) == 0x80U;
    if (byte == '\n') {
      ++position_.line;
      position_.column = 1;
    } else if (!continues_character) {
      ++position_.column;
    }
  }
  return position_;
}

}  // namespace sipharness::json
