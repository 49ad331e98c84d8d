#include "harness/campaign/reason.hpp"

#include <algorithm>
#include <iterator>

namespace sipharness::campaign {

std::string reason_of(std::string_view message) {
  std::string words;
  std::ranges::copy_if(message, std::back_inserter(words),
                       [](char c) { return c < '0' || c > '9'; });
  return words;
}

}  // namespace sipharness::campaign
