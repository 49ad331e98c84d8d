// What every request must carry. @source RFC 3261 §8.1.1, §18.1.1

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/request_tally.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/seen_dialogs.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;
using trace::Message;

using Answer = std::optional<std::string>;

constexpr std::string_view magic_cookie = "z9hG4bK";

void mandatory_headers(const Phone& phone, Judge& judge) {
  RequestTally(phone, judge)
      .ask(
          Method::unknown, "To, From, CSeq, Call-ID, Max-Forwards and Via",
          [](const Message& message) -> Answer {
            for (const HeaderId header : {HeaderId::to, HeaderId::from, HeaderId::cseq,
                                          HeaderId::call_id, HeaderId::max_forwards, HeaderId::via})
              if (!message.sip.has(header))
                return fmt::format("{} without {}", message.sip.method_text(), to_string(header));
            return std::nullopt;
          });
}

void max_forwards_is_seventy(const Phone& phone, Judge& judge) {
  std::optional<std::size_t> other;
  RequestTally(phone, judge)
      .ask(Method::unknown, "Max-Forwards", [&](const Message& message) -> Answer {
        if (!message.sip.has(HeaderId::max_forwards))
          return fmt::format("{} without Max-Forwards", message.sip.method_text());
        if (message.sip.header(HeaderId::max_forwards) != "70") other = message.index;
        return std::nullopt;
      });
  if (other)
    judge.warn({phone.message(*other).server, phone.message(*other).sip.call_id(), {*other}},
               fmt::format("Max-Forwards is {}, 70 is recommended",
                           phone.message(*other).sip.header(HeaderId::max_forwards)));
}

void branch_has_the_cookie(const Phone& phone, Judge& judge) {
  RequestTally(phone, judge)
      .ask(Method::unknown, "branches that begin z9hG4bK", [](const Message& message) -> Answer {
        if (message.sip.via().branch.starts_with(magic_cookie)) return std::nullopt;
        return fmt::format("branch \"{}\"", message.sip.via().branch);
      });
}

/// What may share a branch: an INVITE, its CANCEL and its ACK (§8.1.1.7, §9.1, §17.1.1.3).
struct BranchOwner {
  Method method;
  std::uint32_t cseq;
  std::string_view call_id;
  Endpoint destination;
};

bool is_invite_family(Method method) {
  return method == Method::invite || method == Method::cancel || method == Method::ack;
}

bool may_share(const BranchOwner& owner, const Message& message) {
  const Method method = message.sip.method();
  const bool kin =
      method == owner.method || (is_invite_family(method) && is_invite_family(owner.method));
  return kin && std::tie(owner.cseq, owner.call_id, owner.destination) ==
                    std::make_tuple(message.sip.cseq(), message.sip.call_id(), message.destination);
}

void branch_is_unique(const Phone& phone, Judge& judge) {
  std::map<std::string_view, BranchOwner> owners;
  RequestTally(phone, judge)
      .ask(Method::unknown, "a branch of its own", [&](const Message& message) -> Answer {
        const BranchOwner owner{message.sip.method(), message.sip.cseq(), message.sip.call_id(),
                                message.destination};
        const auto [entry, is_new] = owners.emplace(message.sip.via().branch, owner);
        if (is_new || may_share(entry->second, message)) return std::nullopt;
        return fmt::format("branch {} used before, for another request or destination",
                           message.sip.via().branch);
      });
}

std::string_view via_token(Transport transport) {
  return transport == Transport::udp ? "UDP" : "TCP";
}

Answer via_problem(const Message& message) {
  const sip::Via& via = message.sip.via();
  if (!sip::same_ignoring_case(via.transport, via_token(message.transport)))
    return fmt::format("Via says {}, sent over {}", via.transport, via_token(message.transport));
  const auto host = IpAddress::parse(via.host);
  if (!host) return std::nullopt;  // a name: only its resolver could tell
  if (!came_from(message, *host))
    return fmt::format("Via sent-by {} but sent from {}", via.sent_by, message.source.text());
  const std::uint16_t port = via.port == 0 ? 5060 : via.port;
  if (message.transport == Transport::udp && port != message.source.port)
    return fmt::format("Via sent-by {} but sent from {}", via.sent_by, message.source.text());
  return std::nullopt;
}

void via_tells_where_we_listen(const Phone& phone, Judge& judge) {
  // Behind a NAT the server sees another address than the device wrote.
  if (phone.trace.vantage == trace::Vantage::server)
    return judge.inconclusive({}, verdict::Blame::network,
                              "captured at the server: a NAT may have changed the source");
  RequestTally(phone, judge)
      .ask(Method::unknown, "a Via that names transport and source", via_problem);
}

// --- The Contact of an INVITE --------------------------------------------------------------------

/// What is wrong with the Contact of an INVITE by itself. A name, or an address that a NAT learned,
/// may be right: only what can reach nobody is wrong.
Answer contact_problem(const Message& message) {
  const auto contacts = uris_in(message.sip, HeaderId::contact);
  if (contacts.size() != 1) return fmt::format("INVITE with {} Contacts", contacts.size());
  const auto uri = sip::parse_uri(contacts.front());
  const bool is_sip = uri && (sip::same_ignoring_case(uri->scheme, "sip") ||
                              sip::same_ignoring_case(uri->scheme, "sips"));
  if (!is_sip) return fmt::format("Contact {} of an INVITE is no SIP URI", contacts.front());
  const auto host = IpAddress::parse(uri->host);
  if (host && (*host == IpAddress::v4({}) || *host == IpAddress::v6({})))
    return fmt::format("Contact {} of an INVITE reaches nobody", contacts.front());
  return std::nullopt;
}

/// The device went on living after a request to it had timed out.
bool outlived(const Phone& phone, const Message& request) {
  const CaptureTime timeout = request.at + phone.profile.timers.sixty_four_t1();
  return next_power_change(phone, request.at) > timeout &&
         std::ranges::any_of(phone.messages, [&](const Message& message) {
           return message.from_device() && message.at > timeout;
         });
}

bool was_acknowledged(const Phone& phone, const SeenDialog& dialog) {
  return std::ranges::any_of(dialog.messages, [&](std::size_t index) {
    const Message& message = phone.message(index);
    return message.sip.method() == Method::ack && is_of_device(dialog, message);
  });
}

/// Requests that a server sent to the Contact of a call's INVITE and that nobody there answered.
void judge_reachability(const Phone& phone, Judge& judge) {
  const auto dialogs = seen_dialogs(phone);
  for (const Transaction& transaction : transactions(phone)) {
    const Message& request = opening(phone, transaction);
    if (transaction.direction != trace::Direction::to_device || transaction.first_response)
      continue;
    const auto is_of = [&](const SeenDialog& dialog) {
      return dialog.device_called && was_acknowledged(phone, dialog) &&
             request.sip.call_id() == dialog.call_id && request.sip.to_tag() == dialog.device_tag &&
             request.sip.from_tag() == dialog.server_tag;
    };
    if (std::ranges::any_of(dialogs, is_of) && outlived(phone, request))
      violated_unless_lost(
          phone, judge, evidence_of(phone, transaction),
          fmt::format("{} to the Contact was never answered", request.sip.method_text()));
  }
}

void invite_has_one_contact(const Phone& phone, Judge& judge) {
  judge.needs("an INVITE");
  RequestTally(phone, judge)
      .ask(Method::invite, "one Contact that can be reached", contact_problem);
  judge_reachability(phone, judge);
}

constexpr std::array table{
    Check{"RFC3261-GEN-01", mandatory_headers},
    Check{"RFC3261-GEN-02", max_forwards_is_seventy},
    Check{"RFC3261-GEN-03", branch_has_the_cookie},
    Check{"RFC3261-GEN-04", branch_is_unique},
    Check{"RFC3261-GEN-05", via_tells_where_we_listen},
    Check{"RFC3261-GEN-07", invite_has_one_contact},
};

}  // namespace

std::span<const Check> rfc3261_8_request_checks() {
  return table;
}

}  // namespace sipharness::check
