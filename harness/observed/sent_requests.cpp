#include "harness/observed/sent_requests.hpp"

#include <unordered_map>

#include "harness/observed/phone.hpp"

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
    found.emplace(request->sip.branch(), request);
  return found;
}

}  // namespace

Messages find_invites_of_device(const Phone& phone) {
  return with_method(phone, Method::invite);
}

Messages find_registers_of_device(const Phone& phone) {
  return with_method(phone, Method::register_);
}

Messages find_registers_anywhere(const Phone& phone) {
  Messages found;
  for (const Message& message : phone.messages)
    if (message.sip.is_request() && message.sip.method() == Method::register_)
      found.push_back(&message);
  return found;
}

const Messages& requests_in_call(const Phone& phone, std::string_view call_id) {
  static const Messages none;
  const ByCallId& requests = phone.derived<find_requests_by_call_id>();
  const auto found = requests.find(call_id);
  return found == requests.end() ? none : found->second;
}

const Message& first_with_branch_of(const Phone& phone, const Message& request) {
  return *phone.derived<find_first_by_branch>().at(request.sip.branch());
}

}  // namespace sipharness::observed
