#include "harness/observed/dialog_requests.hpp"

#include <algorithm>

#include "harness/observed/call_numbers.hpp"

namespace sipharness::observed {
namespace {

bool is_dialog_request(const Message& message) {
  const sip::Method method = message.sip.method();
  return message.sip.is_request() && (method == sip::Method::ack || method == sip::Method::bye ||
                                      method == sip::Method::cancel);
}

bool matches(const Message& message, const DialogRequest& wanted) {
  return message.sip.method() == wanted.method && message.direction == wanted.direction &&
         (!wanted.server || message.server == *wanted.server) &&
         (!wanted.cseq || message.sip.cseq() == *wanted.cseq) &&
         (wanted.from_tag.empty() || message.sip.from_tag() == wanted.from_tag) &&
         (wanted.to_tag.empty() || message.sip.to_tag() == wanted.to_tag);
}

}  // namespace

DialogRequests::DialogRequests(const Phone& phone)
    : phone_(phone), by_call_(call_numbers(phone).count()) {
  for (const Message& message : phone.messages) {
    if (is_dialog_request(message)) by_call_[call_numbers(phone)[message]].push_back(message.index);
  }
}

std::vector<std::size_t> DialogRequests::all(const DialogRequest& wanted) const {
  std::vector<std::size_t> found;
  for (const std::size_t index : by_call_[wanted.call]) {
    if (matches(phone_.messages[index], wanted)) found.push_back(index);
  }
  return found;
}

std::optional<std::size_t> DialogRequests::first(const DialogRequest& wanted) const {
  return first_after(0, wanted);
}

std::optional<std::size_t> DialogRequests::first_after(std::size_t after,
                                                       const DialogRequest& wanted) const {
  const std::vector<std::size_t>& indices = by_call_[wanted.call];
  const auto found =
      std::find_if(std::ranges::lower_bound(indices, after), indices.end(),
                   [&](std::size_t index) { return matches(phone_.messages[index], wanted); });
  return found == indices.end() ? std::nullopt : std::optional(*found);
}

DialogRequests find_dialog_requests(const Phone& phone) {
  return DialogRequests(phone);
}

}  // namespace sipharness::observed
