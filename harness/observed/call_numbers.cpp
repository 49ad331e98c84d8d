#include "harness/observed/call_numbers.hpp"

#include "harness/base/hash.hpp"

namespace sipharness::observed {

CallNumbers::CallNumbers(const Phone& phone) : phone_(phone) {
  numbers_.reserve(phone.messages.size());
  for (const Message& message : phone.messages) {
    const std::string_view call_id = message.sip.call_id();
    auto number = find(call_id);
    if (!number) {
      number = static_cast<std::uint32_t>(firsts_.size());
      by_call_id_.add(hash_of(call_id), *number);
      firsts_.push_back(message.index);
    }
    numbers_.push_back(*number);
  }
}

std::optional<std::uint32_t> CallNumbers::find(std::string_view call_id) const {
  return by_call_id_.find(hash_of(call_id), [&](std::uint32_t number) {
    return phone_.message(firsts_[number]).sip.call_id() == call_id;
  });
}

CallNumbers find_call_numbers(const Phone& phone) {
  return CallNumbers(phone);
}

}  // namespace sipharness::observed
