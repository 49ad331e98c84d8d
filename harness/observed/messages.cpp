#include "harness/observed/messages.hpp"

#include <unordered_map>

namespace sipharness::observed {
namespace {

using ByCallId = std::unordered_map<std::string_view, std::vector<const Message*>>;

ByCallId find_sent_by_call_id(const Phone& phone) {
  ByCallId found;
  for (const Message& message : phone.messages)
    if (message.from_device()) found[message.sip.call_id()].push_back(&message);
  return found;
}

}  // namespace

std::vector<const Message*> find_registers(const Phone& phone) {
  std::vector<const Message*> found;
  for (const Message& message : phone.messages)
    if (message.sip.is_request() && message.sip.method() == sip::Method::register_)
      found.push_back(&message);
  return found;
}

const std::vector<const Message*>& sent_in_call(const Phone& phone, std::string_view call_id) {
  static const std::vector<const Message*> none;
  const ByCallId& sent = phone.derived<find_sent_by_call_id>();
  const auto found = sent.find(call_id);
  return found == sent.end() ? none : found->second;
}

}  // namespace sipharness::observed
