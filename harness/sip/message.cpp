#include "harness/sip/message.hpp"

#include <algorithm>

#include "harness/sip/text.hpp"

namespace sipharness::sip {

std::string_view MessageView::header(HeaderId id) const {
  const Header* const found = headers_.first(id);
  return found ? found->value : std::string_view();
}

std::size_t MessageView::count(HeaderId id) const {
  const auto is_wanted = [id](const Header& header) { return header.id == id; };
  return static_cast<std::size_t>(std::ranges::count_if(headers(), is_wanted));
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
