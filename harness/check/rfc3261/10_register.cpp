// How a REGISTER is made and when it is sent again. @source RFC 3261 §10.2

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/grants.hpp"
#include "harness/observed/observed_t1.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_contacts.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/restarts.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;

using Wrong = std::optional<std::string>;

// --- Headers -------------------------------------------------------------------------------------

Wrong request_uri_problem(const Phone& /*phone*/, const Message& message) {
  const auto uri = sip::parse_uri(message.sip.request_uri());
  if (!uri || (uri->scheme != "sip" && uri->scheme != "sips"))
    return fmt::format("Request-URI \"{}\" is no SIP URI", message.sip.request_uri());
  if (message.sip.request_uri().find('@') != std::string_view::npos)
    return fmt::format("Request-URI \"{}\" has a user part", message.sip.request_uri());
  return std::nullopt;
}

Wrong aor_problem(const Phone& /*phone*/, const Message& message) {
  const auto to = sip::parse_address(message.sip.header(HeaderId::to));
  const auto from = sip::parse_address(message.sip.header(HeaderId::from));
  if (!to || !from) return "To or From cannot be read";
  if (!sip::same_uri(to->uri, from->uri))
    return fmt::format("To is {}, From is {}", to->uri, from->uri);
  if (message.sip.from_tag().empty()) return "From has no tag";
  if (!message.sip.to_tag().empty()) return "To has a tag";
  return std::nullopt;
}

/// Restarts that nobody recorded, unless they are so many that the device must be doing it.
std::size_t restarts_presumed(const Phone& phone, const RegistersAtServer& at) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < at.registers.size(); ++i)
    count += may_have_restarted(phone, *at.registers[i - 1], *at.registers[i]) ? 1 : 0;
  return count < policy::enough_for_a_habit ? count : 0;
}

void one_call_id_per_boot(const Phone& phone, const RegistersAtServer& at, Occurrence& it) {
  const std::size_t restarts = restarts_presumed(phone, at);
  std::size_t changes = restarts;
  for (std::size_t i = 1; i < at.registers.size(); ++i) {
    const Message& before = opening(phone, *at.registers[i - 1]);
    const Message& now = opening(phone, *at.registers[i]);
    // The REGISTER before may itself be the one by which the device says that it goes.
    const bool rebooted = next_power_change(phone, before.at - Duration(1)) <= now.at;
    if (rebooted || have_same_call_id(phone, now, before)) continue;
    if (restarts > 0 && may_have_restarted(phone, *at.registers[i - 1], *at.registers[i])) continue;
    ++changes;
    it.about(evidence_of(phone, *at.registers[i]))
        .violated(fmt::format("a new Call-ID at the {} without a restart", to_string(at.server)));
  }
  if (changes == 0 && at.registers.size() >= 2)
    it.about({at.server, opening(phone, *at.registers.front()).sip.call_id(), {}})
        .pass(fmt::format("one Call-ID for {} at the {}", all_of(at.registers.size(), "REGISTER"),
                          to_string(at.server)));
}

void judge_wrong_number(const Phone& phone, std::uint32_t before, const Message& now,
                        Occurrence& it) {
  if (now.sip.cseq() > before && phone.trace.vantage == trace::Vantage::server)
    it.inconclusive(Blame::network,
                    fmt::format("captured at the server: who saw the CSeq numbers between {} and "
                                "{} is not known",
                                before, now.sip.cseq()));
  else
    it.violated(
        fmt::format("CSeq {} after {} at the {}", now.sip.cseq(), before, to_string(now.server)));
}

/// The same request at another address of its server, the one before having failed: that keeps its
/// number. @source RFC 3263 §4.3
bool is_at_next_address(const Phone& phone, const Transaction& before, const Transaction& next) {
  const Message& failed = opening(phone, before);
  const Message& request = opening(phone, next);
  const bool has_failed = !before.final || phone.message(*before.final).sip.status() == 503;
  return has_failed && request.sip.cseq() == failed.sip.cseq() &&
         request.destination != failed.destination;
}

void cseq_counts_up(const Phone& phone, const RegistersAtServer& at, Occurrence& it) {
  std::map<std::uint32_t, const Transaction*> latest;  // by Call-ID
  std::size_t steps = 0;
  bool all_right = true;
  for (const Transaction* transaction : at.registers) {
    const Message& request = opening(phone, *transaction);
    const auto [entry, is_first] = latest.emplace(call_numbers(phone)[request], transaction);
    const Transaction& last = *std::exchange(entry->second, transaction);
    if (is_first || is_at_next_address(phone, last, *transaction)) continue;
    const Message& before = opening(phone, last);
    ++steps;
    if (is_next(phone, register_numbers(phone), before, request)) continue;
    all_right = false;
    judge_wrong_number(phone, before.sip.cseq(), request,
                       it.about(evidence_of(phone, *transaction)));
  }
  if (steps > 0 && all_right)
    it.pass(
        fmt::format("CSeq counts up over {} REGISTERs at the {}", steps + 1, to_string(at.server)));
}

// --- Contact -------------------------------------------------------------------------------------

/// Over UDP the device listens where it sends from or where its Via says.
bool is_other_port(const Phone& phone, const Message& message, const Endpoint& contact) {
  return message.transport == Transport::udp && contact.port != message.source.port &&
         contact.port != message.sip.via().port && !is_seen_under(phone, contact) &&
         !sends_from(phone, contact);
}

/// Whether the run has moved the device to another address by then: what it leaves leads nowhere.
bool has_moved_by(const Phone& phone, CaptureTime at) {
  const auto moved = next_action(phone, "move", phone.trace.first);
  return moved && *moved <= at;
}

/// The address of a Contact, once it was read. False if it is wrong.
bool judge_own_address(const Phone& phone, const Message& message, const sip::Uri& uri,
                       Occurrence& it) {
  if (came_through_a_proxy(message)) return true;
  const IpAddress& source = message.source.address;
  const LeadsTo host = where_leads(phone, message, uri.host);
  const auto contact = uri.endpoint();
  const bool is_left = contact && contact->address != source && has_moved_by(phone, message.at);
  if (host == LeadsTo::nobody)
    it.violated(fmt::format("Contact host {} leads to nobody", uri.host));
  else if (host == LeadsTo::elsewhere || is_left)
    violated_unless_nat(
        phone, it,
        fmt::format("Contact host {} but the packet came from {}", uri.host, source.text()));
  else if (contact && contact->address == source && is_other_port(phone, message, *contact))
    it.violated(fmt::format("Contact port {} but the packet came from port {}", contact->port,
                            message.source.port));
  else
    return true;
  return false;
}

/// False if it is wrong.
bool judge_contact(const Phone& phone, const RegisterContact& contact, Occurrence& it) {
  if (contact.uri == "*") return true;
  const auto uri = sip::parse_uri(contact.uri);
  if (contact.uri.empty())
    it.violated("no Contact");
  else if (!uri)
    it.violated(fmt::format("Contact \"{}\" cannot be read", contact.uri));
  else if (!judge_own_address(phone, *contact.message, *uri, it))
    return false;
  else if (!contact.left.empty())
    it.violated(fmt::format("Contact {} where it was {}", contact.uri, contact.left));
  else
    return true;
  return false;
}

void contact_is_reachable(const Phone& phone, Judge& judge) {
  std::size_t wrong = 0;
  for (const RegisterContact& contact : register_contacts(phone)) {
    Occurrence it(phone, judge, contact);
    if (!judge_contact(phone, contact, it)) ++wrong;
  }
  const auto& all = register_contacts(phone);
  if (wrong == 0 && !all.empty()) judge.all_held(all.front().message->index, all.size());
}

// --- When ----------------------------------------------------------------------------------------

/// A binding that a healthy server granted, or that was left to lapse, and the next attempt that it
/// accepted; null if none.
struct Renewal {
  const RegisterAttempt* granted = nullptr;
  const RegisterAttempt* renewed = nullptr;
};

Evidence evidence_of(const Phone& phone, const Renewal& renewal) {
  return evidence_of(phone, *renewal.granted);
}

std::vector<Renewal> renewals(const Phone& phone) {
  std::vector<Renewal> found;
  for (const ServerRole server : both_servers) {
    bool is_open = false;
    for (const RegisterAttempt* attempt : attempts_at(phone, server)) {
      if (!attempt->ok) continue;
      // What the device takes back it need not refresh.
      if (attempt->unregister && std::exchange(is_open, false)) found.pop_back();
      if (attempt->unregister) continue;
      if (is_open) found.back().renewed = attempt;
      const CaptureTime healthy_until =
          next_fault(phone, server, *attempt->ok).value_or(CaptureTime::max());
      is_open =
          attempt->granted && is_grant_known(*attempt) &&
          (*attempt->ok + *attempt->granted < healthy_until || is_left_to_lapse(phone, *attempt));
      if (is_open) found.push_back({attempt});
    }
  }
  return found;
}

/// When the REGISTER left that got the attempt's answer.
CaptureTime asked_at(const Phone& phone, const RegisterAttempt& attempt) {
  return opening(phone, transactions(phone)[attempt.transactions.back()]).at;
}

void refreshed_before_it_lapses(const Phone& phone, const Renewal& renewal, Occurrence& it) {
  const RegisterAttempt& granted = *renewal.granted;
  const CaptureTime lapse = *granted.ok + *granted.granted;
  const CaptureTime off = next_power_change(phone, *granted.ok);
  if (renewal.renewed == nullptr || *renewal.renewed->ok > off) {
    if (off > lapse)
      violated_unless_out(
          phone, granted, it,
          fmt::format("the binding at the {} lapsed without a refresh", to_string(granted.server)));
    return;
  }
  const RegisterAttempt& renewed = *renewal.renewed;
  it.about(evidence_of(phone, granted)).cite(evidence_of(phone, renewed).messages.front());
  if (is_left_to_lapse(phone, granted) &&
      possible_outage(phone, granted.server, *granted.ok, lapse))
    return violated_unless_out(
        phone, granted, it,
        fmt::format("the binding at the {} was renewed {} after it lapsed",
                    to_string(granted.server), format_seconds(*renewed.ok - lapse)));
  const Duration answered_after = *renewed.ok - asked_at(phone, renewed);
  if (*renewed.ok >= lapse && renewed.start < lapse && answered_after > phone.profile.timers.t1)
    return it.inconclusive(Blame::network,
                           fmt::format("asked for in time; the server took {} to answer",
                                       format_seconds(answered_after)));
  it.within({.start = *granted.ok,
             .end = *renewed.ok,
             .window = {.max = *granted.granted, .max_open = true},
             .host_produced = true},
            fmt::format("binding at the {} renewed after its last 200", to_string(granted.server)));
  const Duration left = lapse - *renewed.ok;
  if (left > Duration::zero() && left < policy::thin_margin)
    it.warn(fmt::format("renewed only {} before the binding lapsed", format_seconds(left)));
}

void bindings_are_refreshed(const Phone& phone, Judge& judge) {
  each<renewals, refreshed_before_it_lapses>(phone, judge);
  each<unknown_grants, is_granted_for_an_unknown_time>(phone, judge);
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

/// `next` left while `before` waited for its answer, and nothing told the device to give it up.
bool overlaps(const Phone& phone, const Transaction& before, const Message& next) {
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  const Duration early = timer_tolerance(phone, timeout).value / 2;
  const CaptureTime start = opening(phone, before).at;
  const bool answered = before.final && phone.at(*before.final) <= next.at;
  return next_power_change(phone, start) > next.at && !answered &&
         next.at < start + timeout - early &&
         !transport_failure(phone, before.server, start, next.at);
}

void one_at_a_time(const Phone& phone, const RegistersAtServer& at, Occurrence& it) {
  std::size_t begun_unseen = 0;
  bool all_right = true;
  for (std::size_t i = 1; i < at.registers.size(); ++i) {
    const Message& before = opening(phone, *at.registers[i - 1]);
    const Message& next = opening(phone, *at.registers[i]);
    // How long it waited for its answer is not known then.
    const bool is_unanswered = !at.registers[i - 1]->final;
    if (is_unanswered && may_have_begun_unseen(phone, *at.registers[i - 1])) {
      ++begun_unseen;
      continue;
    }
    if (!overlaps(phone, *at.registers[i - 1], next)) continue;
    all_right = false;
    it.about(evidence_of(phone, *at.registers[i]));
    const std::string seen = fmt::format("a new REGISTER {} after one that was still unanswered",
                                         format_seconds(next.at - before.at));
    // §10.2 forbids it for new Contact values only.
    if (has_new_contact(before, next))
      it.fail(seen + ", with another Contact");
    else
      it.warn(seen + ", with the same Contact");
  }
  if (all_right && at.registers.size() >= 2 + begun_unseen)
    it.pass(fmt::format("{} at the {}, one at a time",
                        counted(at.registers.size() - begun_unseen, "REGISTER"),
                        to_string(at.server)));
}

const std::array rfc3261_10_register{
    Rule{.row = {.id = "RFC3261-REG-01",
                 .clause = "RFC 3261 §10.2",
                 .severity = Severity::must,
                 .sentence = "The Request-URI of a REGISTER names the domain of the registrar and "
                             "has no user part.",
                 .observed = "The Request-URI of every REGISTER is a SIP or SIPS URI without "
                             "userinfo and \"@\"."},
         .held = {"a Request-URI without user part in {}"},
         .judge = every<registers_of_device, request_uri_problem>,
         .is_about_content = true},
    Rule{.row = {.id = "RFC3261-REG-02",
                 .clause = "RFC 3261 §10.2, §8.1.1.2, §8.1.1.3",
                 .severity = Severity::must,
                 .sentence = "To holds the address of record; From holds the same one with a tag; "
                             "To has no tag.",
                 .observed = "In every REGISTER, refreshes included, the URIs of To and From are "
                             "equal by §19.1.4, From has a tag and To has none."},
         .held = {"To and From the same AOR, tag only in From in {}"},
         .judge = every<registers_of_device, aor_problem>,
         .is_about_content = true},
    Rule{.row =
             {.id = "RFC3261-REG-03",
              .clause = "RFC 3261 §10.2, §10.2.4",
              .severity = Severity::should,
              .sentence = "The device uses one Call-ID for all registrations at one registrar "
                          "until it boots again.",
              .observed =
                  "All REGISTER attempts at one server between two boots carry the same Call-ID."},
         .needs = {"two REGISTERs at one server"},
         .judge = each<registers_by_server, one_call_id_per_boot>},
    Rule{.row = {.id = "RFC3261-REG-04",
                 .clause = "RFC 3261 §10.2, §22.2",
                 .severity = Severity::must,
                 .sentence =
                     "Every new REGISTER with the same Call-ID raises the CSeq number by one.",
                 .observed = "In time order, the CSeq numbers of new REGISTER transactions of one "
                             "Call-ID follow each other without a repeat, a fall or a gap."},
         .needs = {"two REGISTERs with one Call-ID at one server"},
         .judge = each<registers_by_server, cseq_counts_up>,
         .follows = {"RFC3261-TX-BYTEID"}},
    Rule{.row = {.id = "RFC3261-REG-05",
                 .clause = "RFC 3261 §10.2, §8.1.1.8",
                 .severity = Severity::must,
                 .sentence =
                     "The Contact of a REGISTER carries a URI at which the device can be reached.",
                 .observed = "Each REGISTER that asks for a binding has a Contact whose host and "
                             "port are those the device receives on or is seen under, the same at "
                             "each refresh. Elsewhere than at the device a NAT may stand between."},
         .held = {"a Contact that leads back to the device in {}"},
         .judge = contact_is_reachable},
    Rule{.row = {.id = "RFC3261-REG-09",
                 .clause = "RFC 3261 §10.2.4",
                 .severity = Severity::must,
                 .sentence = "The device refreshes a binding before it lapses.",
                 .observed = "The 200 to a refresh comes before the previous 200 plus the granted "
                             "expiry; less than 1 s before is a warning."},
         .needs = {"a granted registration whose whole life the capture covers"},
         .judge = bindings_are_refreshed},
    Rule{.row = {.id = "RFC3261-REG-10",
                 .clause = "RFC 3261 §10.2",
                 .severity = Severity::must,
                 .sentence = "The device sends no new registration to a registrar while one is "
                             "outstanding there.",
                 .observed = "Each new REGISTER transaction starts after the final response of the "
                             "one before at that server, or 64*T1 after that one's start if it got "
                             "none. An early one with the same Contact is a warning.",
                 .tolerance = "profile: timer"},
         .needs = {"two REGISTERs at one server"},
         .unless = leaves_early,
         .judge = each<registers_by_server, one_at_a_time>},
};

}  // namespace

std::span<const Rule> rfc3261_10_register_rules() {
  return rfc3261_10_register;
}

}  // namespace sipharness::check
