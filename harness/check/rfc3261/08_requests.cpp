// What every request must carry. @source RFC 3261 §8.1.1, §18.1.1

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/requests.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;

using Wrong = std::optional<std::string>;

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

Wrong has_the_branch_of_another(const Phone& phone, const Message& message) {
  const Message& first = first_with_branch_of(phone, message);
  if (&first == &message || may_share_branch(first, message)) return std::nullopt;
  return fmt::format("branch {} used before, for another request or destination",
                     message.sip.branch());
}

std::string_view via_token(Transport transport) {
  return transport == Transport::udp ? "UDP" : "TCP";
}

/// What the Via of a request that came straight from the device says of it. False if it is wrong.
bool judge_via(const Phone& phone, const Message& message, Occurrence& it) {
  const sip::Via& via = message.sip.via();
  const LeadsTo sent_by = where_leads(phone, message, via.host);
  if (!sip::same_ignoring_case(via.transport, via_token(message.transport)))
    it.in_itself().violated(
        fmt::format("Via says {}, sent over {}", via.transport, via_token(message.transport)));
  else if (sent_by == LeadsTo::nobody)
    it.in_itself().violated(fmt::format("Via sent-by {} leads to nobody", via.sent_by));
  else if (sent_by == LeadsTo::elsewhere)
    violated_unless_nat(
        phone, it.in_itself(),
        fmt::format("Via sent-by {} but sent from {}", via.sent_by, message.source.text()));
  else
    return true;
  return false;
}

/// A final response went to the port of sent-by, another than the source port, and the request was
/// sent again after it. The source port itself is free (§18.1.1, §18.2.2).
bool ignores_response_at_sent_by(const Phone& phone, const Transaction& transaction) {
  if (!is_unreliable(phone, transaction) || !transaction.final) return false;
  const Message& request = opening(phone, transaction);
  const Message& response = phone.message(*transaction.final);
  if (phone.at(transaction.sends.back()) <= response.at + policy::round_trip_slack) return false;
  const std::uint16_t named = request.sip.via().port;
  const std::uint16_t port = named == 0 ? 5060 : named;
  return port != request.source.port && response.destination.port == port;
}

void via_tells_where_we_listen(const Phone& phone, Judge& judge) {
  bool all_right = true;
  std::size_t judged = 0;
  std::size_t first = 0;
  for (const Message* request : requests_of_device(phone)) {
    if (came_through_a_proxy(*request)) continue;
    if (judged++ == 0) first = request->index;
    Occurrence it(phone, judge, *request);
    all_right = judge_via(phone, *request, it) && all_right;
  }
  for (const Transaction* transaction : client_transactions(phone)) {
    if (!ignores_response_at_sent_by(phone, *transaction)) continue;
    all_right = false;
    Occurrence(phone, judge, *transaction)
        .cite(*transaction->final)
        .violated_unless_lost("the response at the port of sent-by was not heeded");
  }
  if (all_right && judged > 0) judge.all_held(first, judged);
}

// --- The Contact of an INVITE or SUBSCRIBE -------------------------------------------------------

/// Every INVITE, and every SUBSCRIBE that may begin a dialog.
std::vector<const Message*> requests_that_make_dialogs(const Phone& phone) {
  std::vector<const Message*> found = requests_of_device(phone);
  std::erase_if(found, [](const Message* request) {
    const Method method = request->sip.method();
    return method != Method::invite &&
           (method != Method::subscribe || !request->sip.to_tag().empty());
  });
  return found;
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

/// The device went on living after a request to it had timed out.
bool outlived(const Phone& phone, const Message& request) {
  const CaptureTime timeout = request.at + phone.profile.timers.sixty_four_t1();
  return next_power_change(phone, request.at) > timeout && last_sent_at(phone) > timeout;
}

/// A request that the far end of a call of the device sent to the Contact of its INVITE.
bool goes_to_the_contact(const Phone& phone, const sip::MessageView& request) {
  return std::ranges::any_of(
      answered_dialogs_with(phone, request.call_id()), [&](const Dialog* dialog) {
        return !dialog->incoming && dialog->acknowledged &&
               request.to_tag() == dialog->device_tag && request.from_tag() == dialog->server_tag;
      });
}

void is_answered_at_the_contact(const Phone& phone, const Transaction& transaction,
                                Occurrence& it) {
  if (transaction.direction != Direction::to_device || transaction.first_response) return;
  const Message& request = opening(phone, transaction);
  if (goes_to_the_contact(phone, request.sip) && outlived(phone, request))
    it.violated_unless_lost(
        fmt::format("{} to the Contact was never answered", request.sip.method_text()));
}

void has_one_contact(const Phone& phone, Judge& judge) {
  every<requests_that_make_dialogs, contact_problem, true>(phone, judge);
  each<transactions, is_answered_at_the_contact>(phone, judge);
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
        .judge = has_one_contact},
};

}  // namespace

std::span<const Rule> rfc3261_8_request_rules() {
  return rfc3261_8_request;
}

}  // namespace sipharness::check
