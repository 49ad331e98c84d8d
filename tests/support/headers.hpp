#pragma once
// The headers of a message as a list, for tests that count or index them.

#include <vector>

#include "harness/sip/message.hpp"

namespace sipharness::test_support {

inline std::vector<sip::Header> headers_of(const sip::MessageView& message) {
  std::vector<sip::Header> headers;
  for (const sip::Header& header : message.headers()) headers.push_back(header);
  return headers;
}

}  // namespace sipharness::test_support
