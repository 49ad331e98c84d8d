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
  std::string line;
  line.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool folds = value[i] == '\r' || value[i] == '\n';
    if (!folds) {
      line += value[i];
      continue;
    }
    while (i + 1 < value.size() && is_blank(value[i + 1])) ++i;
    line.resize(trim_right(line).size());
    line += ' ';
  }
  return line;
}

bool is_keep_alive(std::string_view bytes) {
  return bytes.empty() || bytes == "\r\n" || bytes == "\r\n\r\n";
}

}  // namespace sipharness::sip
