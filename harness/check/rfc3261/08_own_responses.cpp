// What every response of the device carries, and where it goes.
// @source RFC 3261 §8.2.6.2, §12.1.1, §18.2.2

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/device_responses.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/stream_ends.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"
#include "harness/sip/via.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;

using Wrong = std::optional<std::string>;

/// "180 to INVITE".
std::string described(const DeviceResponse& one) {
  return fmt::format("{} to {}", one.response->sip.status(), one.request->sip.method_text());
}

// --- The To tag ----------------------------------------------------------------------------------

std::vector<DeviceResponse> responses_with_tag(const Phone& phone) {
  std::vector<DeviceResponse> found = device_responses(phone);
  std::erase_if(found, [](const DeviceResponse& one) { return one.response->sip.status() == 100; });
  return found;
}

Wrong lacks_a_tag(const Phone& /*phone*/, const DeviceResponse& one) {
  if (!one.response->sip.to_tag().empty()) return std::nullopt;
  return described(one) + " without a To tag";
}

/// Both name one Contact: they are of one user agent, wherever a proxy stands.
bool are_of_one_contact(const Message& a, const Message& b) {
  const std::string_view contact = uri_in(a.sip, HeaderId::contact);
  return !contact.empty() && contact == uri_in(b.sip, HeaderId::contact);
}

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

/// A phone is one user agent. What answers with several tags may be a proxy that forks, unless the
/// capture was taken at the phone.
void keeps_its_tag(const Phone& phone, const Transaction& request, Occurrence& it) {
  const Message* first = nullptr;
  for (const std::size_t index : request.responses) {
    const Message& response = phone.message(index);
    if (response.sip.status() == 100 || response.sip.to_tag().empty()) continue;
    if (may_have_forgotten(phone, request, response.at)) return;
    if (first == nullptr) first = &response;
    if (response.sip.to_tag() == first->sip.to_tag()) continue;
    const std::string what =
        fmt::format("the To tag {} of the {} is {} in the {}", first->sip.to_tag(),
                    first->sip.status(), response.sip.to_tag(), response.sip.status());
    it.about(evidence_of(phone, opening(phone, request))).cite(first).cite(&response).in_itself();
    if (may_have_begun_before(phone, *first))
      return it.inconclusive(Blame::user, what +
                                              "; the request may have come before the capture "
                                              "began: capture from earlier on");
    if (phone.trace.vantage == trace::Vantage::device || are_of_one_contact(*first, response))
      return it.violated(what);
    return it.inconclusive(Blame::user,
                           what +
                               "; a proxy that forks would do so: --vantage device tells that "
                               "none stands there");
  }
}

void tags_its_responses(const Phone& phone, Judge& judge) {
  every<responses_with_tag, lacks_a_tag, true>(phone, judge);
  each<server_transactions, keeps_its_tag>(phone, judge);
}

// --- What it repeats -----------------------------------------------------------------------------

std::vector<sip::Via> vias_of(const sip::MessageView& message) {
  std::vector<sip::Via> vias;
  for (const sip::Header& header : message.headers_from(HeaderId::via)) {
    if (header.id != HeaderId::via) continue;
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

/// received and rport are added on the way.
bool is_same_via(const sip::Via& a, const sip::Via& b) {
  return sip::same_ignoring_case(a.transport, b.transport) && is_same_host(a.host, b.host) &&
         a.port == b.port && a.branch == b.branch;
}

/// The address, whatever its display name and its parameters but the tag.
bool is_same_party(const sip::MessageView& a, const sip::MessageView& b, HeaderId header) {
  return sip::same_uri(uri_in(a, header), uri_in(b, header));
}

Wrong departs_from_request(const Phone& /*phone*/, const DeviceResponse& one) {
  const sip::MessageView& asked = one.request->sip;
  const sip::MessageView& told = one.response->sip;
  if (told.call_id() != asked.call_id())
    return fmt::format("{} has the Call-ID {}", described(one), told.call_id());
  if (told.method() == sip::Method::ack)
    return fmt::format("{} answers an ACK, which has no response", told.status());
  if (told.cseq() != asked.cseq() || told.method() != asked.method())
    return fmt::format("{} has CSeq {}, the request {}", described(one),
                       told.header(HeaderId::cseq), asked.header(HeaderId::cseq));
  if (told.from_tag() != asked.from_tag() || !is_same_party(asked, told, HeaderId::from))
    return described(one) + " has another From than the request";
  const bool has_its_tag = asked.to_tag().empty() || told.to_tag() == asked.to_tag();
  if (!has_its_tag || !is_same_party(asked, told, HeaderId::to))
    return described(one) + " has another To than the request";
  if (!std::ranges::equal(vias_of(asked), vias_of(told), is_same_via))
    return described(one) + " has other Vias than the request";
  return std::nullopt;
}

void repeats_its_request(const Phone& phone, Judge& judge) {
  const auto& responses = device_responses(phone);
  bool all_right = true;
  for (const DeviceResponse& one : responses) {
    const Wrong wrong = departs_from_request(phone, one);
    if (!wrong) continue;
    all_right = false;
    Occurrence it(phone, judge, one);
    const bool may_answer_a_copy =
        one.by == AnswersBy::dialog_of_answered && one.response->transport == Transport::udp;
    if (one.by == AnswersBy::branch) it.in_itself();
    if (may_answer_a_copy)
      it.inconclusive(Blame::network,
                      *wrong + "; the capture may lack the copy of it that was answered");
    else
      it.violated(*wrong);
  }
  if (all_right && !responses.empty())
    judge.all_held(responses.front().response->index, responses.size());
}

// --- The Contact of a 2xx ------------------------------------------------------------------------

std::vector<DeviceResponse> answers_that_make_dialogs(const Phone& phone) {
  std::vector<DeviceResponse> found = device_responses(phone);
  std::erase_if(found, [](const DeviceResponse& one) {
    const Method method = one.request->sip.method();
    return !one.response->sip.is_success() ||
           (method != Method::invite && method != Method::subscribe);
  });
  return found;
}

Wrong has_not_one_contact(const Phone& /*phone*/, const DeviceResponse& one) {
  const auto contacts = uris_in(one.response->sip, HeaderId::contact);
  if (contacts.size() == 1) return std::nullopt;
  return fmt::format("{} with {} Contacts", described(one), contacts.size());
}

// --- Where it goes -------------------------------------------------------------------------------

bool goes_by_maddr(const Message& request) {
  std::string_view vias = request.sip.header(HeaderId::via);
  const std::string_view top = sip::take_list_member(vias);
  return sip::find_parameter(top.substr(std::min(top.find(';'), top.size())), "maddr").has_value();
}

/// §18.2.2: over a stream, on its connection, and only where that is gone over another one.
bool goes_back(const Phone& phone, const DeviceResponse& one) {
  const Message& request = *one.request;
  const Message& response = *one.response;
  const bool is_same_host = response.destination.address == request.source.address;
  if (!is_same_host || response.transport != request.transport) return false;
  const bool is_same_connection =
      response.source == request.destination && response.destination == request.source;
  return request.transport == Transport::udp || is_same_connection ||
         has_ended_by(phone, request, response.at);
}

void tell_where_it_went(const Phone& phone, const DeviceResponse& one, Occurrence& it) {
  const Message& request = *one.request;
  const Message& response = *one.response;
  const std::string what =
      fmt::format("{} went to {} over {}, the request came from {} over {}", described(one),
                  response.destination.text(), to_string(response.transport), request.source.text(),
                  to_string(request.transport));
  const bool is_of_both_servers =
      request.server != ServerRole::none && response.server == other(request.server);
  if (is_of_both_servers)
    it.in_itself().violated(what);
  else
    violated_unless_nat(phone, it.in_itself(), what);
}

void goes_back_where_it_was_asked(const Phone& phone, Judge& judge) {
  const auto& responses = device_responses(phone);
  bool all_right = true;
  for (const DeviceResponse& one : responses) {
    if (goes_by_maddr(*one.request) || goes_back(phone, one)) continue;
    all_right = false;
    Occurrence it(phone, judge, one);
    tell_where_it_went(phone, one, it);
  }
  if (all_right && !responses.empty())
    judge.all_held(responses.front().response->index, responses.size());
}

const std::array rfc3261_8_own_response{
    Rule{.row = {.id = "RFC3261-GEN-14",
                 .clause = "RFC 3261 §8.2.6.2",
                 .severity = Severity::must,
                 .sentence = "Every response of the device but 100 has a To tag, the same in all "
                             "responses to one request.",
                 .observed = "The To tag of each response, and in each transaction whether it "
                             "changes."},
         .needs = {"a response of the device other than 100", Blame::harness},
         .held = {"a To tag in {}", "response"},
         .judge = tags_its_responses},
    Rule{.row = {.id = "RFC3261-GEN-15",
                 .clause = "RFC 3261 §8.2.6.2",
                 .severity = Severity::must,
                 .sentence = "A response of the device repeats Via, From, To, Call-ID and CSeq of "
                             "its request.",
                 .observed =
                     "Each response beside the request with its branch, else with its Call-ID, "
                     "CSeq and From tag: the same Vias in the same order (but for received and "
                     "rport), the same addresses and tags, a tag added to To alone."},
         .needs = {"a response of the device", Blame::harness},
         .held = {"what the request says in {}", "response"},
         .judge = repeats_its_request},
    Rule{.row = {.id = "RFC3261-GEN-16",
                 .clause = "RFC 3261 §18.2.2",
                 .severity = Severity::must,
                 .sentence = "A response of the device goes to where its request came from: to its "
                             "source address over UDP, on its connection over a stream.",
                 .observed = "Address and transport of each response beside those of its request, "
                             "unless the top Via has maddr; another connection is right once that "
                             "of the request has ended. The port is RFC3581-02's."},
         .needs = {"a response of the device", Blame::harness},
         .held = {"{} sent to where the request came from", "response"},
         .judge = goes_back_where_it_was_asked},
    Rule{.row = {.id = "RFC3261-GEN-17",
                 .clause = "RFC 3261 §12.1.1, §13.3.1.4; RFC 6665 §4.2.1",
                 .severity = Severity::must,
                 .sentence = "A 2xx of the device to an INVITE or SUBSCRIBE carries exactly one "
                             "Contact.",
                 .observed = "The Contacts in each such 2xx, in a call too."},
         .needs = {"a 2xx of the device to an INVITE or SUBSCRIBE", Blame::harness},
         .held = {"one Contact in {}", "response"},
         .judge = every<answers_that_make_dialogs, has_not_one_contact, true>},
};

}  // namespace

std::span<const Rule> rfc3261_8_own_response_rules() {
  return rfc3261_8_own_response;
}

}  // namespace sipharness::check
