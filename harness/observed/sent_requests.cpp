#include "harness/observed/sent_requests.hpp"

#include <cstdint>
#include <string_view>

#include "harness/base/hash.hpp"
#include "harness/base/hash_index.hpp"
#include "harness/observed/call_numbers.hpp"
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

/// By the number of their Call-ID.
std::vector<Messages> find_requests_by_call(const Phone& phone) {
  std::vector<Messages> found(call_numbers(phone).count());
  for (const Message* request : requests_of_device(phone))
    found[call_numbers(phone)[*request]].push_back(request);
  return found;
}

/// By message: the first request with its branch; null for what is no request of the device.
Messages find_firsts_with_branches(const Phone& phone) {
  Messages firsts(phone.messages.size());
  HashIndex by_branch;
  for (const Message* request : requests_of_device(phone)) {
    const std::string_view branch = request->sip.branch();
    const std::uint64_t hash = hash_of(branch);
    const auto known = by_branch.find(
        hash, [&](std::uint32_t index) { return phone.message(index).sip.branch() == branch; });
    if (!known) by_branch.add(hash, static_cast<std::uint32_t>(request->index));
    firsts[request->index] = known ? &phone.message(*known) : request;
  }
  return firsts;
}

bool is_invite_family(Method method) {
  return method == Method::invite || method == Method::cancel || method == Method::ack;
}

/// An INVITE, its CANCEL and its ACK share a branch (§8.1.1.7, §9.1, §17.1.1.3), and so do the
/// transmissions of any request.
bool may_share_branch(const Message& a, const Message& b) {
  const bool is_kin = a.sip.method() == b.sip.method() ||
                      (is_invite_family(a.sip.method()) && is_invite_family(b.sip.method()));
  // That CANCEL and ACK go where the INVITE went is asked of them elsewhere.
  const bool is_borrowed = b.sip.method() == Method::cancel || b.sip.method() == Method::ack;
  return is_kin && a.sip.cseq() == b.sip.cseq() && a.sip.call_id() == b.sip.call_id() &&
         (is_borrowed || a.destination == b.destination);
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

const Messages& requests_in_call_of(const Phone& phone, const Message& message) {
  return phone.derived<find_requests_by_call>()[call_numbers(phone)[message]];
}

const Message& first_with_branch_of(const Phone& phone, const Message& request) {
  return *phone.derived<find_firsts_with_branches>()[request.index];
}

bool has_branch_of_another(const Phone& phone, const Message& request) {
  const Message& first = first_with_branch_of(phone, request);
  return &first != &request && !may_share_branch(first, request);
}

}  // namespace sipharness::observed
