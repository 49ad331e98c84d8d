#pragma once
// Where in a text one is: an iterator that tells how far a reader came, and a cursor that turns
// offsets into lines and columns. Used by the JSON reader.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace sipharness::json {

/// Input iterator over a text that keeps `*read`, the offset of the next byte, up to date.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(std::string_view text, std::size_t* read) : text_(text), read_(read) {}
  static CountingIterator end_of(std::string_view text) {
    CountingIterator end(text, nullptr);
    end.offset_ = text.size();
    return end;
  }

  reference operator*() const { return text_[offset_]; }
  CountingIterator& operator++() {
    *read_ = ++offset_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return offset_ == other.offset_; }

 private:
  std::string_view text_;
  std::size_t* read_;
  std::size_t offset_ = 0;
};

struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;  ///< in characters of UTF-8
};

/// Line and column of offsets that are asked for in ascending order.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  /// `offset` is not less than in any call before.
  Position advance_to(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  Position position_;
};

}  // namespace sipharness::json
