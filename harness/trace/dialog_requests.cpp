#include "harness/trace/dialog_requests.hpp"

namespace sipharness::trace {
namespace {

bool is_dialog_request(const Message& message) {
  const sip::Method method = message.sip.method();
  return message.sip.is_request() && (method == sip::Method::ack || method == sip::Method::bye ||
                                      method == sip::Method::cancel);
}

bool matches(const Message& message, const DialogRequest& wanted) {
  return message.sip.method() == wanted.method && message.direction == wanted.direction &&
         message.server == wanted.server && (!wanted.cseq || message.sip.cseq() == *wanted.cseq) &&
         (wanted.from_tag.empty() || message.sip.from_tag() == wanted.from_tag) &&
         (wanted.to_tag.empty() || message.sip.to_tag() == wanted.to_tag);
}

}  // namespace

DialogRequests::DialogRequests(const Trace& trace) : trace_(trace) {
  for (const Message& message : trace.messages) {
    if (is_dialog_request(message)) by_call_id_[message.sip.call_id()].push_back(message.index);
  }
}

std::vector<std::size_t> DialogRequests::all(const DialogRequest& wanted) const {
  std::vector<std::size_t> found;
  const auto candidates = by_call_id_.find(wanted.call_id);
  if (candidates == by_call_id_.end()) return found;
  for (const std::size_t index : candidates->second) {
    if (matches(trace_.messages[index], wanted)) found.push_back(index);
  }
  return found;
}

std::optional<std::size_t> DialogRequests::first(const DialogRequest& wanted) const {
  return first_after(0, wanted);
}

std::optional<std::size_t> DialogRequests::first_after(std::size_t after,
                                                       const DialogRequest& wanted) const {
  for (const std::size_t index : all(wanted)) {
    if (index >= after) return index;
  }
  return std::nullopt;
}

}  // namespace sipharness::trace
