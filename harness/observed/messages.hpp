#pragma once
// The messages of a phone by what they are, in capture order.

#include <string_view>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

std::vector<const Message*> find_registers(const Phone& phone);
/// Every transmission of every REGISTER, also to what is no server.
inline const std::vector<const Message*>& registers(const Phone& phone) {
  return phone.derived<find_registers>();
}

/// All that the phone sent with this Call-ID: requests and responses.
const std::vector<const Message*>& sent_in_call(const Phone& phone, std::string_view call_id);

}  // namespace sipharness::observed
