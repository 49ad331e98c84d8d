#include "harness/observed/requests.hpp"

#include <algorithm>
#include <unordered_map>

namespace sipharness::observed {
namespace {

using sip::Method;

Messages with_method(const Phone& phone, Method method) {
  Messages found;
  for (const Message* request : requests_of_device(phone))
    if (request->sip.method() == method) found.push_back(request);
  return found;
}

using ByCallId = std::unordered_map<std::string_view, Messages>;

ByCallId find_requests_by_call_id(const Phone& phone) {
  ByCallId found;
  for (const Message* request : requests_of_device(phone))
    found[request->sip.call_id()].push_back(request);
  return found;
}

using FirstByBranch = std::unordered_map<std::string_view, const Message*>;

FirstByBranch find_first_by_branch(const Phone& phone) {
  FirstByBranch found;
  for (const Message* request : requests_of_device(phone))
    found.emplace(request->sip.via().branch, request);
  return found;
}

CaptureTime find_last_sent(const Phone& phone) {
  CaptureTime last = CaptureTime::min();
  for (const Message& message : phone.messages)
    if (message.from_device()) last = std::max(last, message.at);
  return last;
}

}  // namespace

Messages find_requests_of_device(const Phone& phone) {
  Messages found;
  for (const Message& message : phone.messages)
    if (message.from_device() && message.sip.is_request()) found.push_back(&message);
  return found;
}

Messages find_invites_of_device(const Phone& phone) {
  return with_method(phone, Method::invite);
}

Messages find_registers_of_device(const Phone& phone) {
  return with_method(phone, Method::register_);
}

const Messages& requests_in_call(const Phone& phone, std::string_view call_id) {
  static const Messages none;
  const ByCallId& requests = phone.derived<find_requests_by_call_id>();
  const auto found = requests.find(call_id);
  return found == requests.end() ? none : found->second;
}

const Message& first_with_branch_of(const Phone& phone, const Message& request) {
  return *phone.derived<find_first_by_branch>().at(request.sip.via().branch);
}

bool sends_after(const Phone& phone, CaptureTime at) {
  return phone.derived<find_last_sent>() > at;
}

}  // namespace sipharness::observed
