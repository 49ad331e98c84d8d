// How a REGISTER is made and when it is sent again. @source RFC 3261 §10.2

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/learned_addresses.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using verdict::Blame;
using verdict::Severity;

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

void one_call_id_per_boot(const Phone& phone, const RegistersAtServer& at, Occurrence& it) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i < at.registers.size(); ++i) {
    const Message& before = opening(phone, *at.registers[i - 1]);
    const Message& now = opening(phone, *at.registers[i]);
    const bool rebooted = next_power_change(phone, before.at) <= now.at;
    if (rebooted || now.sip.call_id() == before.sip.call_id()) continue;
    ++changes;
    it.about(evidence_of(phone, *at.registers[i]))
        .violated(fmt::format("a new Call-ID at the {} without a restart", to_string(at.server)));
  }
  if (changes == 0 && at.registers.size() >= 2)
    it.about({at.server, opening(phone, *at.registers.front()).sip.call_id(), {}})
        .pass(fmt::format("one Call-ID for {} REGISTERs at the {}", at.registers.size(),
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

void cseq_counts_up(const Phone& phone, const RegistersAtServer& at, Occurrence& it) {
  std::map<std::string_view, std::uint32_t> latest;  // by Call-ID
  std::size_t steps = 0;
  bool all_right = true;
  for (const Transaction* transaction : at.registers) {
    const Message& request = opening(phone, *transaction);
    const auto [entry, is_first] = latest.emplace(request.sip.call_id(), request.sip.cseq());
    const std::uint32_t before = std::exchange(entry->second, request.sip.cseq());
    if (is_first) continue;
    ++steps;
    if (register_numbers(phone).is_next(request.sip.call_id(), before, request.sip.cseq()))
      continue;
    all_right = false;
    judge_wrong_number(phone, before, request, it.about(evidence_of(phone, *transaction)));
  }
  if (steps > 0 && all_right)
    it.pass(
        fmt::format("CSeq counts up over {} REGISTERs at the {}", steps + 1, to_string(at.server)));
}

// --- Contact -------------------------------------------------------------------------------------

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
  return uri && was_seen_under(phone, uri->host, uri->port, message.index);
}

/// The Contact that a later one at the same server must equal until the device is switched.
struct KnownContact {
  std::string_view uri;
  CaptureTime until;
};

/// A REGISTER, and what is wrong with its Contact.
struct JudgedContact {
  const Message* message = nullptr;
  Wrong wrong;
};

Evidence evidence_of(const Phone& phone, const JudgedContact& judged) {
  return evidence_of(phone, *judged.message);
}

class ContactFollower {
 public:
  explicit ContactFollower(const Phone& phone) : phone_(phone) {}

  Wrong problem_of(const Message& message) {
    if (const auto problem = contact_problem(message)) {
      if (!was_learned(phone_, message)) return problem;
      known_.erase(message.server);
      return std::nullopt;
    }
    const auto contacts = sip::parse_addresses(message.sip.header(HeaderId::contact));
    const std::string_view uri = contacts.front().uri;
    if (uri == "*") return std::nullopt;
    KnownContact& contact = known_[message.server];
    if (contact.uri.empty() || contact.until < message.at)
      contact = {uri, next_power_change(phone_, message.at)};
    if (was_learned(phone_, message)) contact.uri = uri;
    if (sip::same_uri(contact.uri, uri)) return std::nullopt;
    return fmt::format("Contact {} where it was {}", uri, contact.uri);
  }

 private:
  const Phone& phone_;
  std::map<ServerRole, KnownContact> known_;
};

std::vector<JudgedContact> judged_contacts(const Phone& phone) {
  ContactFollower contacts(phone);
  std::vector<JudgedContact> found;
  for (const Message* message : registers_of_device(phone))
    found.push_back({message, contacts.problem_of(*message)});
  return found;
}

Wrong contact_wrong_with(const Phone& /*phone*/, const JudgedContact& judged) {
  return judged.wrong;
}

void contact_is_reachable(const Phone& phone, Judge& judge) {
  if (may_be_changed_by_nat(phone, judge)) return;
  every<judged_contacts, contact_wrong_with>(phone, judge);
}

// --- When ----------------------------------------------------------------------------------------

/// A binding that a healthy server granted, and the next attempt that it accepted; null if none.
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
      if (!attempt->ok || attempt->unregister) continue;
      if (is_open) found.back().renewed = attempt;
      const CaptureTime healthy_until =
          next_fault(phone, server, *attempt->ok).value_or(CaptureTime::max());
      is_open = attempt->granted && *attempt->ok + *attempt->granted < healthy_until;
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
      it.violated(
          fmt::format("the binding at the {} lapsed without a refresh", to_string(granted.server)));
    return;
  }
  const RegisterAttempt& renewed = *renewal.renewed;
  it.about(evidence_of(phone, renewed));
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
  bool all_right = true;
  for (std::size_t i = 1; i < at.registers.size(); ++i) {
    const Message& before = opening(phone, *at.registers[i - 1]);
    const Message& next = opening(phone, *at.registers[i]);
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
  if (all_right && at.registers.size() >= 2)
    it.pass(fmt::format("{} REGISTERs at the {}, one at a time", at.registers.size(),
                        to_string(at.server)));
}

const std::array rules{
    Rule{.row = {.id = "RFC3261-REG-01",
                 .clause = "RFC 3261 §10.2",
                 .severity = Severity::must,
                 .sentence = "The Request-URI of a REGISTER names the domain of the registrar and "
                             "has no user part.",
                 .observed = "The Request-URI of every REGISTER is a SIP or SIPS URI without "
                             "userinfo and \"@\"."},
         .held = "a Request-URI without user part in all {} requests",
         .judge = every<registers_of_device, request_uri_problem>,
         .is_about_content = true},
    Rule{.row = {.id = "RFC3261-REG-02",
                 .clause = "RFC 3261 §10.2, §8.1.1.2, §8.1.1.3",
                 .severity = Severity::must,
                 .sentence = "To holds the address of record; From holds the same one with a tag; "
                             "To has no tag.",
                 .observed = "In every REGISTER, refreshes included, the URIs of To and From are "
                             "equal by §19.1.4, From has a tag and To has none."},
         .held = "To and From the same AOR, tag only in From in all {} requests",
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
         .judge = each<registers_by_server, cseq_counts_up>},
    Rule{.row = {.id = "RFC3261-REG-05",
                 .clause = "RFC 3261 §10.2, §8.1.1.8",
                 .severity = Severity::must,
                 .sentence =
                     "The Contact of a REGISTER carries a URI at which the device can be reached.",
                 .observed = "Each REGISTER that asks for a binding has a Contact whose host and "
                             "port are those the device receives on, the same at each refresh."},
         .held = "a Contact that leads back to the device in all {} requests",
         .judge = contact_is_reachable},
    Rule{.row = {.id = "RFC3261-REG-09",
                 .clause = "RFC 3261 §10.2.4",
                 .severity = Severity::must,
                 .sentence = "The device refreshes a binding before it lapses.",
                 .observed = "The 200 to a refresh comes before the previous 200 plus the granted "
                             "expiry; less than 1 s before is a warning."},
         .needs = {"a granted registration whose whole life the capture covers"},
         .judge = each<renewals, refreshed_before_it_lapses>},
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
  return rules;
}

}  // namespace sipharness::check
