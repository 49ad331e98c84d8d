#include "harness/sip/header_range.hpp"

#include <algorithm>

#include "harness/sip/text.hpp"

namespace sipharness::sip {

LineEnd end_of_header_line(std::string_view bytes, std::size_t at) {
  LineEnd end = end_of_line(bytes, at);
  const bool is_empty = end.content == at;
  while (!is_empty && is_continued(bytes, end.next)) end = end_of_line(bytes, end.next);
  return end;
}

bool read_header(std::string_view line, Header& header) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  header.name = trim_right(line.substr(0, colon));
  header.value = trim(line.substr(colon + 1));
  header.id = header_of(header.name);
  return true;
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
