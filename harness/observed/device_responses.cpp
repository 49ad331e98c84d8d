#include "harness/observed/device_responses.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/observed/addresses.hpp"
#include "harness/observed/stream_ends.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"
#include "harness/sip/via.hpp"

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

/// The device may have forgotten the request: what comes once more then is new to it. @source RFC
/// 3261 §17.2.2 (Timer J), RFC 6026 §7.1 (Timer L)
bool may_have_forgotten(const Phone& phone, const Transaction& request, CaptureTime at) {
  return request.final && at > phone.at(*request.final) + phone.profile.timers.sixty_four_t1();
}

/// What is seen answered first may have been answered before the capture began, and be forgotten.
bool may_have_begun_before(const Phone& phone, const Message& first) {
  return !phone.trace.has_journal() && first.sip.is_final() &&
         first.at < phone.trace.first + phone.profile.timers.sixty_four_t1();
}

/// Both name one Contact: they are of one user agent, wherever a proxy stands.
bool are_of_one_contact(const Message& a, const Message& b) {
  const std::string_view contact = uri_in(a.sip, sip::HeaderId::contact);
  return !contact.empty() && contact == uri_in(b.sip, sip::HeaderId::contact);
}

std::vector<sip::Via> vias_of(const sip::MessageView& message) {
  std::vector<sip::Via> vias;
  for (const sip::Header& header : message.headers_from(sip::HeaderId::via)) {
    if (header.id != sip::HeaderId::via) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) parse_via(sip::take_list_member(rest), vias.emplace_back());
  }
  return vias;
}

/// An IPv6 address is written in many ways, a name in any case.
bool is_same_host(std::string_view a, std::string_view b) {
  const auto left = IpAddress::parse(a);
  return left ? left == IpAddress::parse(b) : sip::same_ignoring_case(a, b);
}

bool are_both_addresses(std::string_view a, std::string_view b) {
  return IpAddress::parse(a) && IpAddress::parse(b);
}

/// received and rport are added on the way.
bool is_same_via(const sip::Via& a, const sip::Via& b, Compared compared) {
  const bool is_same_place =
      (compared == Compared::all_but_addresses && are_both_addresses(a.host, b.host)) ||
      (is_same_host(a.host, b.host) && a.port == b.port);
  return is_same_place && sip::same_ignoring_case(a.transport, b.transport) && a.branch == b.branch;
}

/// The address, whatever its display name and its parameters but the tag.
bool is_same_party(const sip::MessageView& a, const sip::MessageView& b, sip::HeaderId header,
                   Compared compared) {
  const std::string_view left = uri_in(a, header);
  const std::string_view right = uri_in(b, header);
  if (sip::same_uri(left, right)) return true;
  const auto one = sip::parse_uri(left);
  const auto other = sip::parse_uri(right);
  return compared == Compared::all_but_addresses && one && other && one->user == other->user &&
         are_both_addresses(one->host, other->host);
}

bool goes_by_maddr(const Message& request) {
  std::string_view vias = request.sip.header(sip::HeaderId::via);
  const std::string_view top = sip::take_list_member(vias);
  return sip::find_parameter(top.substr(std::min(top.find(';'), top.size())), "maddr").has_value();
}

}  // namespace

std::vector<DeviceResponse> find_device_responses(const Phone& phone) {
  return ResponseFinder(phone).find();
}

Evidence evidence_of(const Phone& /*phone*/, const DeviceResponse& one) {
  return {
      one.request->server, one.request->sip.call_id(), {one.request->index, one.response->index}};
}

std::string describe(const DeviceResponse& one) {
  return fmt::format("{} to {}", one.response->sip.status(), one.request->sip.method_text());
}

std::optional<TagChange> tag_change_in(const Phone& phone, const Transaction& request) {
  const Message* first = nullptr;
  for (const std::size_t index : request.responses) {
    const Message& response = phone.message(index);
    if (response.sip.status() == 100 || response.sip.to_tag().empty()) continue;
    if (may_have_forgotten(phone, request, response.at)) return std::nullopt;
    if (first == nullptr) first = &response;
    if (response.sip.to_tag() != first->sip.to_tag())
      return TagChange{first, &response, may_have_begun_before(phone, *first),
                       are_of_one_contact(*first, response)};
  }
  return std::nullopt;
}

std::optional<std::string> departs_from_request(const DeviceResponse& one, Compared compared) {
  const sip::MessageView& asked = one.request->sip;
  const sip::MessageView& told = one.response->sip;
  if (told.call_id() != asked.call_id())
    return fmt::format("{} has the Call-ID {}", describe(one), told.call_id());
  if (told.method() == sip::Method::ack)
    return fmt::format("{} answers an ACK, which has no response", told.status());
  if (told.cseq() != asked.cseq() || told.method() != asked.method())
    return fmt::format("{} has CSeq {}, the request {}", describe(one),
                       told.header(sip::HeaderId::cseq), asked.header(sip::HeaderId::cseq));
  if (told.from_tag() != asked.from_tag() ||
      !is_same_party(asked, told, sip::HeaderId::from, compared))
    return describe(one) + " has another From than the request";
  const bool has_its_tag = asked.to_tag().empty() || told.to_tag() == asked.to_tag();
  if (!has_its_tag || !is_same_party(asked, told, sip::HeaderId::to, compared))
    return describe(one) + " has another To than the request";
  const auto is_same = [compared](const sip::Via& a, const sip::Via& b) {
    return is_same_via(a, b, compared);
  };
  if (!std::ranges::equal(vias_of(asked), vias_of(told), is_same))
    return describe(one) + " has other Vias than the request";
  return std::nullopt;
}

bool goes_back(const Phone& phone, const DeviceResponse& one) {
  const Message& request = *one.request;
  const Message& response = *one.response;
  if (goes_by_maddr(request)) return true;
  const bool is_same_host = response.destination.address == request.source.address;
  if (!is_same_host || response.transport != request.transport) return false;
  const bool is_same_connection =
      response.source == request.destination && response.destination == request.source;
  return request.transport == Transport::udp || is_same_connection ||
         has_ended_by(phone, request, response.at);
}

}  // namespace sipharness::observed
