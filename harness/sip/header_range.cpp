#include "harness/sip/header_range.hpp"

namespace sipharness::sip {

LineEnd end_of_header_line(std::string_view bytes, std::size_t at) {
  LineEnd end = end_of_line(bytes, at);
  const bool is_empty = end.content == at;
  while (!is_empty && is_continued(bytes, end.next)) end = end_of_line(bytes, end.next);
  return end;
}

void HeaderRange::iterator::advance() {
  is_end_ = false;
  while (at_ < lines_.size()) {
    const std::size_t begin = at_;
    const LineEnd end = end_of_header_line(lines_, begin);
    at_ = end.next;
    const std::string_view line = lines_.substr(begin, end.content - begin);
    if (line.empty()) break;
    if (!is_blank(line.front()) && read_header(line, header_)) return;
  }
  is_end_ = true;
}

}  // namespace sipharness::sip
