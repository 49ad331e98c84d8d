#include "harness/observed/device_responses.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// What a response repeats of its request beside the Via.
using RequestKey = std::tuple<std::string_view, std::uint32_t, sip::Method, std::string_view>;

RequestKey request_key_of(const sip::MessageView& message) {
  return {message.call_id(), message.cseq(), message.method(), message.from_tag()};
}

/// A CANCEL has the branch of its INVITE.
std::pair<std::string_view, bool> branch_of(const sip::MessageView& message) {
  return {message.branch(), message.method() == sip::Method::cancel};
}

class ResponseFinder {
 public:
  explicit ResponseFinder(const Phone& phone) : phone_(phone), of_(phone.messages.size()) {
    for (const Transaction& transaction : transactions(phone))
      if (transaction.direction == Direction::to_device)
        for (const std::size_t response : transaction.responses) of_[response] = &transaction;
    for (const Transaction& transaction : transactions(phone))
      if (transaction.direction == Direction::to_device)
        by_request_.emplace(transaction.sends.front(), &transaction);
  }

  std::vector<DeviceResponse> find() {
    std::vector<DeviceResponse> found;
    for (const Message& message : phone_.messages) {
      if (const auto asked = by_request_.find(message.index); asked != by_request_.end())
        take(*asked->second, message);
      if (!message.from_device() || !message.sip.is_response()) continue;
      if (const auto one = answer(message)) found.push_back(*one);
    }
    return found;
  }

 private:
  void take(const Transaction& transaction, const Message& request) {
    by_branch_[branch_of(request.sip)] = &request;
    by_dialog_[request_key_of(request.sip)] = &transaction;
  }

  std::optional<DeviceResponse> answer(const Message& response) const {
    if (const Transaction* known = of_[response.index])
      return DeviceResponse{&opening(phone_, *known), &response};
    const auto asked = by_branch_.find(branch_of(response.sip));
    if (!response.sip.branch().empty() && asked != by_branch_.end())
      return DeviceResponse{asked->second, &response};
    const auto like = by_dialog_.find(request_key_of(response.sip));
    if (like == by_dialog_.end()) return std::nullopt;
    const Message& request = opening(phone_, *like->second);
    // Another copy of it may have come on another way.
    if (request.source.address != response.destination.address) return std::nullopt;
    return DeviceResponse{
        &request, &response,
        like->second->responses.empty() ? AnswersBy::dialog : AnswersBy::dialog_of_answered};
  }

  const Phone& phone_;
  std::vector<const Transaction*> of_;  ///< by message: what it is a response to
  std::unordered_map<std::size_t, const Transaction*> by_request_;
  std::map<std::pair<std::string_view, bool>, const Message*> by_branch_;
  std::map<RequestKey, const Transaction*> by_dialog_;
};

}  // namespace

std::vector<DeviceResponse> find_device_responses(const Phone& phone) {
  return ResponseFinder(phone).find();
}

Evidence evidence_of(const Phone& /*phone*/, const DeviceResponse& one) {
  return {
      one.request->server, one.request->sip.call_id(), {one.request->index, one.response->index}};
}

}  // namespace sipharness::observed
