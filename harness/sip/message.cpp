#include "harness/sip/message.hpp"

#include <algorithm>

#include "harness/sip/text.hpp"

namespace sipharness::sip {

std::optional<Problem> MessageView::problem() const {
  return problem_ == nullptr ? std::nullopt : std::optional(Problem{problem_offset_, problem_});
}

std::string_view MessageView::header(HeaderId id) const {
  const std::uint16_t first = first_[static_cast<std::size_t>(id)];
  if (first == 0) return {};
  if (first == far_back) {
    for (const Header& header : headers())
      if (header.id == id) return header.value;
    return {};
  }
  const LineEnd end = end_of_header_line(bytes(), first);
  const std::size_t value = find_byte(bytes(), ':', first) + 1;
  return trim(bytes().substr(value, end.content - value));
}

HeaderRange MessageView::headers_from(HeaderId id) const {
  const std::uint16_t first = first_[static_cast<std::size_t>(id)];
  if (first == 0) return HeaderRange({});
  if (first == far_back) return headers();
  return HeaderRange(bytes().substr(first, head_.offset + head_.size - first));
}

std::size_t MessageView::count(HeaderId id) const {
  std::size_t count = 0;
  for (const Header& header : headers_from(id)) count += header.id == id ? 1U : 0U;
  return count;
}

Via MessageView::via() const {
  Via via;
  parse_via(header(HeaderId::via), via);
  return via;
}

std::string unfold(std::string_view value) {
  const auto folds = [](char c) { return c == '\r' || c == '\n'; };
  std::string line;
  line.reserve(value.size());
  while (true) {
    const auto fold = std::ranges::find_if(value, folds);
    line.append(value.begin(), fold);
    if (fold == value.end()) return line;
    value = trim_left({fold, value.end()});
    line.resize(trim_right(line).size());
    line += ' ';
  }
}

bool is_keep_alive(std::string_view bytes) {
  return bytes.empty() || bytes == "\r\n" || bytes == "\r\n\r\n";
}

}  // namespace sipharness::sip
