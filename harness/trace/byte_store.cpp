#include "harness/trace/byte_store.hpp"

#include <algorithm>

namespace sipharness::trace {

std::string_view ByteStore::keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (bytes.size() > chunk_size - used_) {
    chunks_.emplace_back(new char[std::max(chunk_size, bytes.size())]);
    used_ = 0;
  }
  char* const target = chunks_.back().get() + used_;
  std::copy(bytes.begin(), bytes.end(), target);
  used_ = std::min(chunk_size, used_ + bytes.size());
  return {target, bytes.size()};
}

}  // namespace sipharness::trace
