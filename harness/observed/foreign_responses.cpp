#include "harness/observed/foreign_responses.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "harness/observed/client_transactions.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::observed {
namespace {

/// Responses to the phone that are to none of its requests.
std::vector<const Message*> unasked_responses(const Phone& phone) {
  std::vector<bool> is_asked(phone.messages.size());
  for (const Transaction& transaction : transactions(phone))
    for (const std::size_t response : transaction.responses) is_asked[response] = true;
  std::vector<const Message*> found;
  for (const Message& message : phone.messages)
    if (message.to_device() && message.sip.is_response() && !is_asked[message.index])
      found.push_back(&message);
  return found;
}

}  // namespace

std::vector<ForeignResponse> find_foreign_responses(const Phone& phone) {
  const std::vector<const Message*> unasked = unasked_responses(phone);
  if (unasked.empty()) return {};
  std::unordered_map<std::string_view, const Transaction*> by_branch;
  for (const Transaction& transaction : transactions(phone))
    if (is_ours(transaction) && is_unreliable(phone, transaction))
      by_branch.emplace(opening(phone, transaction).sip.branch(), &transaction);
  std::vector<ForeignResponse> found;
  for (const Message* response : unasked) {
    const Message& message = *response;
    const auto meant = by_branch.find(message.sip.branch());
    if (meant == by_branch.end()) continue;
    const Message& request = opening(phone, *meant->second);
    const bool is_same = message.sip.call_id() == request.sip.call_id() &&
                         message.sip.method() == request.sip.method();
    if (is_same && !sip::same_ignoring_case(message.sip.sent_by(), request.sip.sent_by()))
      found.push_back({meant->second, message.index});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const ForeignResponse& foreign) {
  Evidence evidence = evidence_of(phone, *foreign.request);
  evidence.messages.push_back(foreign.response);
  return evidence;
}

bool was_acknowledged(const Phone& phone, const ForeignResponse& foreign) {
  const sip::MessageView& sip = phone.message(foreign.response).sip;
  const auto& answered = foreign.request->final;
  const Messages& requests = requests_in_call_of(phone, phone.message(foreign.response));
  const auto first = std::ranges::lower_bound(requests, foreign.response, {}, &Message::index);
  return std::any_of(first, requests.end(), [&](const Message* request) {
    return (!answered || request->index < *answered) && request->sip.method() == sip::Method::ack &&
           request->sip.to_tag() == sip.to_tag();
  });
}

}  // namespace sipharness::observed
