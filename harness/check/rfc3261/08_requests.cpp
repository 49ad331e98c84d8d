// What every request must carry. @source RFC 3261 §8.1.1, §18.1.1

#include <algorithm>
#include <ranges>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/rport.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

Wrong lacks_a_mandatory_header(const Phone& /*phone*/, const Message& message) {
  for (const HeaderId header : {HeaderId::to, HeaderId::from, HeaderId::cseq, HeaderId::call_id,
                                HeaderId::max_forwards, HeaderId::via})
    if (!message.sip.has(header))
      return fmt::format("{} without {}", message.sip.method_text(), to_string(header));
  return std::nullopt;
}

// --- Max-Forwards --------------------------------------------------------------------------------

Wrong lacks_max_forwards(const Phone& /*phone*/, const Message& message) {
  if (message.sip.has(HeaderId::max_forwards)) return std::nullopt;
  return fmt::format("{} without Max-Forwards", message.sip.method_text());
}

bool has_other_max_forwards(const Message* message) {
  // A proxy has taken one away.
  return !came_through_a_proxy(*message) && message->sip.has(HeaderId::max_forwards) &&
         message->sip.header(HeaderId::max_forwards) != "70";
}

void max_forwards_is_seventy(const Phone& phone, Judge& judge) {
  every<requests_of_device, lacks_max_forwards>(phone, judge);
  const auto backwards = requests_of_device(phone) | std::views::reverse;
  const auto last = std::ranges::find_if(backwards, has_other_max_forwards);
  if (last != backwards.end())
    judge.warn(evidence_of(phone, **last),
               fmt::format("Max-Forwards is {}, 70 is recommended",
                           (*last)->sip.header(HeaderId::max_forwards)));
}

// --- Via -----------------------------------------------------------------------------------------

Wrong lacks_the_cookie(const Phone& /*phone*/, const Message& message) {
  if (message.sip.branch().starts_with("z9hG4bK")) return std::nullopt;
  return fmt::format("branch \"{}\"", message.sip.branch());
}

Wrong has_the_branch_of_another(const Phone& phone, const Message& message) {
  if (!has_branch_of_another(phone, message)) return std::nullopt;
  return fmt::format("branch {} used before, for another request or destination",
                     message.sip.branch());
}

std::string_view via_token(Transport transport) {
  return transport == Transport::udp ? "UDP" : "TCP";
}

bool came_straight(const Phone& /*phone*/, const Message& message) {
  return !came_through_a_proxy(message);
}

void via_names_its_source(const Phone& phone, const Message& message, Occurrence& it) {
  const sip::Via& via = message.sip.via();
  const LeadsTo sent_by = where_leads(phone, message, via.host);
  if (!sip::same_ignoring_case(via.transport, via_token(message.transport)))
    it.in_itself().violated("Via says {}, sent over {}", via.transport,
                            via_token(message.transport));
  else if (sent_by == LeadsTo::nobody)
    it.in_itself().violated("Via sent-by {} leads to nobody", via.sent_by);
  else if (sent_by != LeadsTo::phone)
    leads_elsewhere(
        phone, sent_by, it.in_itself(),
        fmt::format("Via sent-by {} but sent from {}", via.sent_by, message.source.text()));
}

void hears_at_sent_by(const Phone& phone, const Transaction& transaction, Occurrence& it) {
  if (ignores_response_at_sent_by(phone, transaction))
    it.cite(transaction.final)
        .violated_unless_lost("the response at the port of sent-by was not heeded");
}

void via_tells_where_we_listen(const Phone& phone, Judge& judge) {
  constexpr auto requests = only<requests_of_device, came_straight>;
  each<requests, via_names_its_source>(phone, judge);
  each<client_transactions, hears_at_sent_by>(phone, judge);
  all_held<requests>(phone, judge);
}

// --- The Contact of an INVITE or SUBSCRIBE -------------------------------------------------------

/// Every INVITE, and every SUBSCRIBE that may begin a dialog.
bool may_make_a_dialog(const Phone& /*phone*/, const Message& request) {
  const Method method = request.sip.method();
  return method == Method::invite || (method == Method::subscribe && request.sip.to_tag().empty());
}

/// What is wrong with the Contact of a request by itself. A name, or an address that a NAT learned,
/// may be right: only what can reach nobody is wrong.
Wrong contact_problem(const Phone& /*phone*/, const Message& message) {
  const std::string_view method = message.sip.method_text();
  const auto contacts = uris_in(message.sip, HeaderId::contact);
  if (contacts.size() != 1) return fmt::format("{} with {} Contacts", method, contacts.size());
  const auto uri = sip::parse_uri(contacts.front());
  const bool is_sip = uri && (sip::same_ignoring_case(uri->scheme, "sip") ||
                              sip::same_ignoring_case(uri->scheme, "sips"));
  if (!is_sip) return fmt::format("Contact {} of {} is no SIP URI", contacts.front(), method);
  const auto host = IpAddress::parse(uri->host);
  if (host && (*host == IpAddress::v4({}) || *host == IpAddress::v6({})))
    return fmt::format("Contact {} of {} reaches nobody", contacts.front(), method);
  return std::nullopt;
}

void is_answered_at_the_contact(const Phone& phone, const Transaction& transaction,
                                Occurrence& it) {
  if (transaction.direction != Direction::to_device || transaction.first_response) return;
  const Message& request = opening(phone, transaction);
  // Who answers others there leaves this one alone: see DLG-05.
  if (goes_to_the_contact(phone, request.sip) && outlived(phone, request) &&
      !has_answered_at(phone, request.sip.request_uri()))
    it.violated_unless_lost("{} to the Contact was never answered", request.sip.method_text());
}

const std::array rfc3261_8_request{
    Rule{
        .row = {.id = "RFC3261-GEN-01",
                .clause = "RFC 3261 §8.1.1",
                .severity = Severity::must,
                .sentence = "Every request carries To, From, CSeq, Call-ID, Max-Forwards and Via.",
                .observed = "Each of the six headers is present in every request from the device."},
        .held = {"To, From, CSeq, Call-ID, Max-Forwards and Via in {}"},
        .judge = every<requests_of_device, lacks_a_mandatory_header>,
        .is_about_content = true},
    Rule{.row = {.id = "RFC3261-GEN-02",
                 .clause = "RFC 3261 §8.1.1.6",
                 .severity = Severity::must,
                 .sentence = "Every request carries Max-Forwards, with the value 70.",
                 .observed = "Max-Forwards is present in every request from the device; a value "
                             "other than 70 is a warning."},
         .held = {"Max-Forwards in {}"},
         .judge = max_forwards_is_seventy,
         .is_about_content = true,
         .follows = {"RFC3261-GEN-01"}},
    Rule{
        .row =
            {.id = "RFC3261-GEN-03",
             .clause = "RFC 3261 §8.1.1.7",
             .severity = Severity::must,
             .sentence = "The branch of the topmost Via begins with z9hG4bK.",
             .observed =
                 "The prefix, compared with case, of the branch in every request from the device."},
        .held = {"branches that begin z9hG4bK in {}"},
        .judge = every<requests_of_device, lacks_the_cookie>,
        .is_about_content = true,
        .follows = {"RFC3261-GEN-01"}},
    Rule{.row = {.id = "RFC3261-GEN-04",
                 .clause = "RFC 3261 §8.1.1.7",
                 .severity = Severity::must,
                 .sentence = "A branch is unique to its request; only CANCEL and the ACK to a "
                             "non-2xx repeat it.",
                 .observed = "Over the whole capture no branch is shared by two requests that "
                             "differ in method, CSeq, Call-ID or destination; INVITE with its "
                             "CANCEL and its ACK excepted."},
         .held = {"a branch of its own in {}"},
         .judge = every<requests_of_device, has_the_branch_of_another>,
         .is_about_content = true,
         .follows = {"RFC3261-GEN-03"}},
    Rule{
        .row = {.id = "RFC3261-GEN-05",
                .clause = "RFC 3261 §8.1.1.7, §18.1.1",
                .severity = Severity::must,
                .sentence = "The Via names the transport that was used and the address and port "
                            "the device listens on.",
                .observed = "The Via of every request has the token of the transport it came over, "
                            "and the device takes the responses that are sent to its sent-by."},
        .needs = {"a request that came straight from the device"},
        .held = {"a Via that names transport and address in {}"},
        .judge = via_tells_where_we_listen,
        .follows = {"RFC3261-GEN-01"}},
    Rule{
        .row = {.id = "RFC3261-GEN-07",
                .clause = "RFC 3261 §8.1.1.8",
                .severity = Severity::must,
                .sentence =
                    "An INVITE and a SUBSCRIBE carry exactly one Contact, a SIP URI at which the "
                    "device is reached.",
                .observed = "Contacts in each INVITE and each first SUBSCRIBE from the device are "
                            "counted and read, and a request that the far end sends to the Contact "
                            "of an INVITE is answered."},
        .needs = {"an INVITE or SUBSCRIBE of the device"},
        .held = {"one Contact that can be reached in {}"},
        .judge = in_turn<every<only<requests_of_device, may_make_a_dialog>, contact_problem, true>,
                         each<transactions, is_answered_at_the_contact>>},
};

}  // namespace

std::span<const Rule> rfc3261_8_request_rules() {
  return rfc3261_8_request;
}

}  // namespace sipharness::check
