// How a REGISTER is made and when it is sent again. @source RFC 3261 §10.2

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/request_tally.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;
using trace::Message;
using trace::ServerRole;

constexpr std::array both{ServerRole::primary, ServerRole::secondary};

/// policy: a refresh answered this close to the lapse is remarked (catalogue, REG-09).
constexpr Duration thin_margin = 1s;

void uri_names_the_domain(const Phone& phone, Judge& judge) {
  RequestTally(phone, judge)
      .ask(Method::register_, "a Request-URI without user part",
           [](const Message& message) -> std::optional<std::string> {
             const auto uri = sip::parse_uri(message.sip.request_uri());
             if (!uri || (uri->scheme != "sip" && uri->scheme != "sips"))
               return fmt::format("Request-URI \"{}\" is no SIP URI", message.sip.request_uri());
             if (message.sip.request_uri().find('@') != std::string_view::npos)
               return fmt::format("Request-URI \"{}\" has a user part", message.sip.request_uri());
             return std::nullopt;
           });
}

void to_and_from_are_the_aor(const Phone& phone, Judge& judge) {
  RequestTally(phone, judge)
      .ask(Method::register_, "To and From the same AOR, tag only in From",
           [](const Message& message) -> std::optional<std::string> {
             const auto to = sip::parse_address(message.sip.header(HeaderId::to));
             const auto from = sip::parse_address(message.sip.header(HeaderId::from));
             if (!to || !from) return "To or From cannot be read";
             if (!sip::same_uri(to->uri, from->uri))
               return fmt::format("To is {}, From is {}", to->uri, from->uri);
             if (message.sip.from_tag().empty()) return "From has no tag";
             if (!message.sip.to_tag().empty()) return "To has a tag";
             return std::nullopt;
           });
}

/// REGISTER transactions at `server`, in time order.
std::vector<const Transaction*> registers_at(const Phone& phone, ServerRole server) {
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == Method::register_ && transaction.server == server &&
        transaction.direction == trace::Direction::from_device)
      found.push_back(&transaction);
  return found;
}

void one_call_id_per_boot(const Phone& phone, Judge& judge) {
  judge.needs("two REGISTERs at one server");
  for (const ServerRole server : both) {
    const auto registers = registers_at(phone, server);
    if (registers.size() < 2) continue;
    const Transaction* previous = registers.front();
    std::size_t changes = 0;
    for (const Transaction* transaction : registers) {
      const Message& now = opening(phone, *transaction);
      const Message& before = opening(phone, *previous);
      const bool rebooted = next_power_change(phone, before.at) <= now.at;
      if (!rebooted && now.sip.call_id() != before.sip.call_id()) {
        ++changes;
        judge.violated(evidence_of(phone, *transaction),
                       fmt::format("a new Call-ID at the {} without a restart", to_string(server)));
      }
      previous = transaction;
    }
    if (changes == 0)
      judge.pass({server, opening(phone, *registers.front()).sip.call_id(), {}},
                 fmt::format("one Call-ID for {} REGISTERs at the {}", registers.size(),
                             to_string(server)));
  }
}

void judge_numbers(const Phone& phone, Judge& judge, ServerRole server) {
  const CseqNumbers numbers(phone, Method::register_);
  std::map<std::string_view, std::uint32_t> latest;
  std::size_t steps = 0;
  bool all_right = true;
  for (const Transaction* transaction : registers_at(phone, server)) {
    const sip::MessageView& message = opening(phone, *transaction).sip;
    const auto [entry, is_first] = latest.emplace(message.call_id(), message.cseq());
    const std::uint32_t before = std::exchange(entry->second, message.cseq());
    if (is_first) continue;
    ++steps;
    if (numbers.is_next(message.call_id(), before, message.cseq())) continue;
    all_right = false;
    if (message.cseq() > before && phone.trace.vantage == trace::Vantage::server) {
      judge.inconclusive(evidence_of(phone, *transaction), verdict::Blame::network,
                         fmt::format("captured at the server: who saw the CSeq numbers between {} "
                                     "and {} is not known",
                                     before, message.cseq()));
      continue;
    }
    judge.violated(
        evidence_of(phone, *transaction),
        fmt::format("CSeq {} after {} at the {}", message.cseq(), before, to_string(server)));
  }
  if (steps > 0 && all_right)
    judge.pass({server, {}, {}}, fmt::format("CSeq counts up over {} REGISTERs at the {}",
                                             steps + 1, to_string(server)));
}

void cseq_counts_up(const Phone& phone, Judge& judge) {
  judge.needs("two REGISTERs with one Call-ID at one server");
  for (const ServerRole server : both) judge_numbers(phone, judge, server);
}

/// What is wrong with the Contact of a REGISTER that came from `source`.
std::optional<std::string> contact_problem(const Message& message) {
  const auto contacts = sip::parse_addresses(message.sip.header(HeaderId::contact));
  if (contacts.empty()) return "no Contact";
  if (contacts.front().uri == "*") return std::nullopt;
  const auto uri = sip::parse_uri(contacts.front().uri);
  if (!uri) return fmt::format("Contact \"{}\" cannot be read", contacts.front().uri);
  const auto host = IpAddress::parse(uri->host);
  if (!host) return std::nullopt;  // a name: only its resolver could tell
  const std::uint16_t port = uri->port == 0 ? 5060 : uri->port;
  if (!came_from(message, *host))
    return fmt::format("Contact host {} but the packet came from {}", uri->host,
                       message.source.address.text());
  if (message.transport == Transport::udp && port != message.source.port &&
      port != message.sip.via().port)
    return fmt::format("Contact port {} but the packet came from port {}", port,
                       message.source.port);
  return std::nullopt;
}

/// A server told the device that it is seen under this host and port (RFC 3581 §4).
bool was_learned(const Phone& phone, const Message& message) {
  const auto contacts = sip::parse_addresses(message.sip.header(HeaderId::contact));
  const auto uri = contacts.empty() ? std::nullopt : sip::parse_uri(contacts.front().uri);
  return uri && std::ranges::any_of(phone.messages, [&](const Message& earlier) {
           const sip::Via& via = earlier.sip.via();
           return earlier.index < message.index && earlier.to_device() &&
                  earlier.sip.is_response() && via.received == uri->host && via.rport == uri->port;
         });
}

/// The Contact that a later one at the same server must equal until the device is switched.
struct KnownContact {
  std::string_view uri;
  CaptureTime until;
};

void contact_is_reachable(const Phone& phone, Judge& judge) {
  // Behind a NAT the server sees another address than the device wrote.
  if (phone.trace.vantage == trace::Vantage::server)
    return judge.inconclusive({}, verdict::Blame::network,
                              "captured at the server: a NAT may have changed the source");
  std::map<ServerRole, KnownContact> known;
  RequestTally(phone, judge)
      .ask(Method::register_, "a Contact that leads back to the device",
           [&](const Message& message) -> std::optional<std::string> {
             if (const auto problem = contact_problem(message)) {
               if (!was_learned(phone, message)) return problem;
               known.erase(message.server);
               return std::nullopt;
             }
             const auto contacts = sip::parse_addresses(message.sip.header(HeaderId::contact));
             const std::string_view uri = contacts.front().uri;
             if (uri == "*") return std::nullopt;
             KnownContact& contact = known[message.server];
             if (contact.uri.empty() || contact.until < message.at)
               contact = {uri, next_power_change(phone, message.at)};
             if (was_learned(phone, message)) contact.uri = uri;
             if (sip::same_uri(contact.uri, uri)) return std::nullopt;
             return fmt::format("Contact {} where it was {}", uri, contact.uri);
           });
}

/// When the REGISTER left that got the attempt's answer.
CaptureTime asked_at(const Phone& phone, const RegisterAttempt& attempt) {
  return opening(phone, transactions(phone)[attempt.transactions.back()]).at;
}

/// The renewal of one binding; `renewal` is null if none was accepted later.
void judge_renewal(const Phone& phone, Judge& judge, const RegisterAttempt& attempt,
                   const RegisterAttempt* renewal) {
  const CaptureTime lapse = *attempt.ok + *attempt.granted;
  const CaptureTime off = next_power_change(phone, *attempt.ok);
  if (renewal == nullptr || *renewal->ok > off) {
    if (off > lapse)
      judge.violated(
          evidence_of(phone, attempt),
          fmt::format("the binding at the {} lapsed without a refresh", to_string(attempt.server)));
    return;
  }
  const Evidence evidence = evidence_of(phone, *renewal);
  const Duration answered_after = *renewal->ok - asked_at(phone, *renewal);
  if (*renewal->ok >= lapse && renewal->start < lapse && answered_after > phone.profile.timers.t1)
    return judge.inconclusive(evidence, verdict::Blame::network,
                              fmt::format("asked for in time; the server took {} to answer",
                                          format_seconds(answered_after)));
  judge.within(
      evidence,
      {.start = *attempt.ok,
       .end = *renewal->ok,
       .window = {.max = *attempt.granted, .max_open = true},
       .host_produced = true},
      fmt::format("binding at the {} renewed after its last 200", to_string(attempt.server)));
  const Duration left = lapse - *renewal->ok;
  if (left > Duration::zero() && left < thin_margin)
    judge.warn(evidence,
               fmt::format("renewed only {} before the binding lapsed", format_seconds(left)));
}

void refreshed_before_it_lapses(const Phone& phone, Judge& judge) {
  judge.needs("a granted registration whose whole life the capture covers");
  for (const ServerRole server : both) {
    const RegisterAttempt* open = nullptr;
    for (const RegisterAttempt* attempt : attempts_at(phone, server)) {
      if (!attempt->ok || attempt->unregister) continue;
      if (open != nullptr) judge_renewal(phone, judge, *open, attempt);
      const CaptureTime healthy_until =
          next_fault(phone, server, *attempt->ok).value_or(CaptureTime::max());
      const bool judged = attempt->granted && *attempt->ok + *attempt->granted < healthy_until;
      open = judged ? attempt : nullptr;
    }
    if (open != nullptr) judge_renewal(phone, judge, *open, nullptr);
  }
}

/// Whether `later` brings a Contact value that `earlier` has not; taking one back does not.
bool has_new_contact(const Message& earlier, const Message& later) {
  const auto before = sip::parse_addresses(earlier.sip.header(HeaderId::contact));
  return std::ranges::any_of(
      sip::parse_addresses(later.sip.header(HeaderId::contact)), [&](const sip::Address& contact) {
        return contact.uri != "*" && std::ranges::none_of(before, [&](const sip::Address& known) {
                 return sip::same_uri(known.uri, contact.uri);
               });
      });
}

void one_at_a_time(const Phone& phone, Judge& judge) {
  if (phone.profile.max_request_retries)
    return judge.not_applicable("the device leaves early by its maximum number of retries");
  judge.needs("two REGISTERs at one server");
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  const Duration early = timer_tolerance(phone, timeout).value / 2;
  for (const ServerRole server : both) {
    const auto registers = registers_at(phone, server);
    std::size_t overlaps = 0;
    for (std::size_t i = 0; i + 1 < registers.size(); ++i) {
      const CaptureTime start = opening(phone, *registers[i]).at;
      const Message& next = opening(phone, *registers[i + 1]);
      if (next_power_change(phone, start) <= next.at) continue;
      const bool answered = registers[i]->final && phone.at(*registers[i]->final) <= next.at;
      if (answered || next.at >= start + timeout - early) continue;
      if (transport_failure(phone, server, start, next.at)) continue;
      ++overlaps;
      const bool same = !has_new_contact(opening(phone, *registers[i]), next);
      const std::string seen =
          fmt::format("a new REGISTER {} after one that was still unanswered{}",
                      format_seconds(next.at - start),
                      same ? ", with the same Contact" : ", with another Contact");
      // §10.2 forbids it for new Contact values only.
      if (same)
        judge.warn(evidence_of(phone, *registers[i + 1]), seen);
      else
        judge.fail(evidence_of(phone, *registers[i + 1]), seen);
    }
    if (registers.size() >= 2 && overlaps == 0)
      judge.pass({server, {}, {}}, fmt::format("{} REGISTERs at the {}, one at a time",
                                               registers.size(), to_string(server)));
  }
}

constexpr std::array table{
    Check{"RFC3261-REG-01", uri_names_the_domain},
    Check{"RFC3261-REG-02", to_and_from_are_the_aor},
    Check{"RFC3261-REG-03", one_call_id_per_boot},
    Check{"RFC3261-REG-04", cseq_counts_up},
    Check{"RFC3261-REG-05", contact_is_reachable},
    Check{"RFC3261-REG-09", refreshed_before_it_lapses},
    Check{"RFC3261-REG-10", one_at_a_time},
};

}  // namespace

std::span<const Check> rfc3261_10_register_checks() {
  return table;
}

}  // namespace sipharness::check
