#include "harness/host/process/line_splitter.hpp"

#include <algorithm>
#include <utility>

namespace sipharness::host {

LineSplitter::LineSplitter(std::function<void(std::string_view)> on_line)
    : on_line_(std::move(on_line)) {}

void LineSplitter::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find_first_of("\r\n");
    line_.append(bytes.substr(0, std::min(end, longest_line - line_.size())));
    if (end == std::string_view::npos) return;
    finish();
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish() {
  if (line_.empty()) return;
  on_line_(line_);
  line_.clear();
}

}  // namespace sipharness::host
