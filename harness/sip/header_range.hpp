#pragma once
// The headers of one message in their order, cut out of its bytes as they are asked for: a view of
// a message keeps no table of them, so it is small and there is no limit to their number.
//  1. A line that is no header (no colon, or blanks where a message begins) is passed over.
//  2. Lines that continue a header are part of its value (RFC 3261 §7.3.1).

#include <cstddef>
#include <iterator>
#include <string_view>

#include "harness/sip/find_byte.hpp"
#include "harness/sip/header_names.hpp"
#include "harness/sip/method.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::sip {

struct Header {
  HeaderId id = HeaderId::other;
  std::string_view name;   ///< as written
  std::string_view value;  ///< trimmed; may hold a folded line break (see unfold)
};

/// Where a line ends: behind its content, and behind its line end.
struct LineEnd {
  std::size_t content = 0;
  std::size_t next = 0;
};

/// Of the line that begins at `at`; a CR before the LF is no content.
inline LineEnd end_of_line(std::string_view bytes, std::size_t at) {
  const std::size_t feed = bytes.find('\n', at);
  const bool is_ended = feed != std::string_view::npos;
  const std::size_t end = is_ended ? feed : bytes.size();
  const bool has_return = end > at && bytes[end - 1] == '\r';
  return {end - (has_return ? 1 : 0), is_ended ? end + 1 : end};
}

/// Of the header line that begins at `at`, with the lines that continue it.
LineEnd end_of_header_line(std::string_view bytes, std::size_t at);

/// The line at `next` continues the header before it.
inline bool is_continued(std::string_view bytes, std::size_t next) {
  return next < bytes.size() && (bytes[next] == ' ' || bytes[next] == '\t');
}

/// The header in a line with its continuations, if it has a colon.
[[gnu::always_inline]] inline bool read_header(std::string_view line, Header& header) {
  const std::size_t colon = find_byte(line, ':');
  if (colon == line.size()) return false;
  header.name = trim_right({line.data(), colon});
  header.value = trim({line.data() + colon + 1, line.size() - colon - 1});
  header.id = header_of_name(header.name);
  return true;
}

class HeaderRange {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Header;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(std::string_view lines) : lines_(lines) { advance(); }

    const Header& operator*() const { return header_; }
    const Header* operator->() const { return &header_; }
    iterator& operator++() {
      advance();
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      advance();
      return before;
    }
    bool operator==(const iterator& other) const { return is_end_ == other.is_end_; }

   private:
    void advance();

    std::string_view lines_;
    std::size_t at_ = 0;
    Header header_;
    bool is_end_ = true;
  };

  /// `lines` are the header lines up to the empty one.
  explicit HeaderRange(std::string_view lines) : lines_(lines) {}

  iterator begin() const { return iterator(lines_); }
  static iterator end() { return {}; }

 private:
  std::string_view lines_;
};

}  // namespace sipharness::sip
