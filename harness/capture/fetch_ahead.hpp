#pragma once
// For bytes that are read from front to back: what comes next is asked for before its turn.

#include <cstddef>
#include <string_view>

namespace sipharness::capture {

class FetchAhead {
 public:
  explicit FetchAhead(std::string_view whole) : rest_(whole) {}

  /// `piece` lies in the whole and is read now; what lies behind it is fetched.
  void on_read(std::string_view piece);

 private:
  std::string_view rest_;  ///< what was not mapped
};

}  // namespace sipharness::capture
