// What every response of the device carries, and where it goes.
// @source RFC 3261 §8.2.6.2, §12.1.1, §18.2.2

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/device_responses.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/server_faults.hpp"

namespace sipharness::check {
namespace {

// --- The To tag ----------------------------------------------------------------------------------

bool needs_a_tag(const Phone& /*phone*/, const DeviceResponse& one) {
  return one.response->sip.status() != 100;
}

Wrong lacks_a_tag(const Phone& /*phone*/, const DeviceResponse& one) {
  if (!one.response->sip.to_tag().empty()) return std::nullopt;
  return describe(one) + " without a To tag";
}

/// A phone is one user agent. What answers with several tags may be a proxy that forks, unless the
/// capture was taken at the phone.
void keeps_its_tag(const Phone& phone, const Transaction& request, Occurrence& it) {
  const auto change = tag_change_in(phone, request);
  if (!change) return;
  const auto& [first, other, may_be_of_two_requests, is_of_one_agent] = *change;
  const std::string what =
      fmt::format("the To tag {} of the {} is {} in the {}", first->sip.to_tag(),
                  first->sip.status(), other->sip.to_tag(), other->sip.status());
  it.about(opening(phone, request)).cite(first).cite(other).in_itself();
  if (may_be_of_two_requests)
    it.inconclusive(Blame::user,
                    "{}; the request may have come before the capture began: capture from earlier "
                    "on",
                    what);
  else
    it.violated_if(is_captured_at_device(phone) || is_of_one_agent, what, Blame::user,
                   "; a proxy that forks would do so: --vantage device tells that none stands "
                   "there");
}

// --- What it repeats -----------------------------------------------------------------------------

void repeats_its_request(const Phone& phone, const DeviceResponse& one, Occurrence& it) {
  const Wrong wrong = departs_from_request(one);
  if (!wrong) return;
  if (one.by == AnswersBy::branch) it.in_itself();
  if (!phone.trace.has_journal() && !departs_from_request(one, Compared::all_but_addresses))
    return violated_unless_nat(phone, it, *wrong);
  const bool may_answer_a_copy =
      one.by == AnswersBy::dialog_of_answered && one.response->transport == Transport::udp;
  it.violated_if(!may_answer_a_copy, *wrong, Blame::network,
                 "; the capture may lack the copy of it that was answered");
}

// --- The Contact of a 2xx ------------------------------------------------------------------------

bool makes_a_dialog(const Phone& /*phone*/, const DeviceResponse& one) {
  const Method method = one.request->sip.method();
  return one.response->sip.is_success() &&
         (method == Method::invite || method == Method::subscribe);
}

Wrong has_not_one_contact(const Phone& /*phone*/, const DeviceResponse& one) {
  const auto contacts = uris_in(one.response->sip, HeaderId::contact);
  if (contacts.size() == 1) return std::nullopt;
  return fmt::format("{} with {} Contacts", describe(one), contacts.size());
}

// --- Where it goes -------------------------------------------------------------------------------

void goes_back_where_it_was_asked(const Phone& phone, const DeviceResponse& one, Occurrence& it) {
  if (goes_back(phone, one)) return;
  const Message& request = *one.request;
  const Message& response = *one.response;
  const std::string what =
      fmt::format("{} went to {} over {}, the request came from {} over {}", describe(one),
                  response.destination.text(), to_string(response.transport), request.source.text(),
                  to_string(request.transport));
  const bool is_of_both_servers =
      request.server != ServerRole::none && response.server == other(request.server);
  if (is_of_both_servers)
    it.in_itself().violated(what);
  else
    violated_unless_nat(phone, it.in_itself(), what);
}

/// What is right with all of them is cited of the first response, not of its request.
void all_responses_held(const Phone& phone, Judge& judge) {
  const auto& responses = device_responses(phone);
  if (judge.said() == 0 && !responses.empty())
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
         .judge = in_turn<every<only<device_responses, needs_a_tag>, lacks_a_tag, true>,
                          each<server_transactions, keeps_its_tag>>},
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
         .judge = in_turn<each<device_responses, repeats_its_request>, all_responses_held>},
    Rule{
        .row = {.id = "RFC3261-GEN-16",
                .clause = "RFC 3261 §18.2.2",
                .severity = Severity::must,
                .sentence = "A response of the device goes to where its request came from: to its "
                            "source address over UDP, on its connection over a stream.",
                .observed = "Address and transport of each response beside those of its request, "
                            "unless the top Via has maddr; another connection is right once that "
                            "of the request has ended. The port is RFC3581-02's."},
        .needs = {"a response of the device", Blame::harness},
        .held = {"{} sent to where the request came from", "response"},
        .judge = in_turn<each<device_responses, goes_back_where_it_was_asked>, all_responses_held>},
    Rule{.row = {.id = "RFC3261-GEN-17",
                 .clause = "RFC 3261 §12.1.1, §13.3.1.4; RFC 6665 §4.2.1",
                 .severity = Severity::must,
                 .sentence = "A 2xx of the device to an INVITE or SUBSCRIBE carries exactly one "
                             "Contact.",
                 .observed = "The Contacts in each such 2xx, in a call too."},
         .needs = {"a 2xx of the device to an INVITE or SUBSCRIBE", Blame::harness},
         .held = {"one Contact in {}", "response"},
         .judge = every<only<device_responses, makes_a_dialog>, has_not_one_contact, true>},
};

}  // namespace

std::span<const Rule> rfc3261_8_own_response_rules() {
  return rfc3261_8_own_response;
}

}  // namespace sipharness::check
