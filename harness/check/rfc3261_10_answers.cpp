// What a device makes of a registrar's answers: grants, refusals, silence, and taking a binding
// back. @source RFC 3261 §10.2, §20.10, §20.19, §20.23, §20.33, §21.4, §21.5.4; requirements AMB-6

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/request_tally.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/retry_after.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;
using sip::Method;
using std::chrono::seconds;
using trace::Message;
using trace::ServerRole;

constexpr std::array both{ServerRole::primary, ServerRole::secondary};

/// policy: a retry after a 423 comes this soon, or not because of it (catalogue, REG-12).
constexpr Duration soon = 5s;
/// policy: the least wait between failed attempts, and what is no wait at all (REG-11).
constexpr Duration least_wait = 5s;
constexpr Duration no_wait = 1s;
/// policy: the least wait after a refusal of the account (REG-15).
constexpr Duration least_wait_after_refusal = 30s;

std::optional<seconds> number_in(std::string_view text) {
  const auto value = sip::parse_unsigned<std::uint32_t>(text);
  return value ? std::optional<seconds>(*value) : std::nullopt;
}

std::optional<seconds> contact_expiry(const sip::MessageView& message) {
  const auto contacts = sip::parse_addresses(message.header(HeaderId::contact));
  const auto parameter = contacts.empty() ? std::nullopt : contacts.front().parameter("expires");
  return parameter ? number_in(*parameter) : std::nullopt;
}

std::optional<seconds> asked_in(const sip::MessageView& request) {
  if (const auto own = contact_expiry(request)) return own;
  const auto header = request.expires();
  return header ? std::optional<seconds>(*header) : std::nullopt;
}

/// REGISTER transactions of the device, in time order.
std::vector<const Transaction*> registers(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == Method::register_ &&
        transaction.direction == trace::Direction::from_device)
      found.push_back(&transaction);
  return found;
}

const Transaction* next_at_server(const Phone& phone, const Transaction& before) {
  bool is_after = false;
  for (const Transaction* transaction : registers(phone)) {
    if (is_after && transaction->server == before.server) return transaction;
    is_after |= transaction == &before;
  }
  return nullptr;
}

// --- What is asked, what is granted --------------------------------------------------------------

void proposes_one_expiry(const Phone& phone, Judge& judge) {
  RequestTally(phone, judge)
      .ask(Method::register_, "one expiry proposed",
           [](const Message& message) -> std::optional<std::string> {
             const auto parameter = contact_expiry(message.sip);
             const auto header = message.sip.expires();
             if (!parameter || !header || *parameter == seconds(*header)) return std::nullopt;
             return fmt::format("Contact says expires={}, the Expires header {}",
                                parameter->count(), *header);
           });
}

/// Judges that the attempt after an accepted one comes within the expiry granted.
void judge_follows_grant(const Phone& phone, Judge& judge, const RegisterAttempt& accepted,
                         const RegisterAttempt* next, std::string_view granted_how) {
  const CaptureTime lapse = *accepted.ok + *accepted.granted;
  if (next_power_change(phone, *accepted.ok) < std::min(lapse, phone.trace.last)) return;
  if (next == nullptr && phone.trace.last <= lapse) return;
  if (next == nullptr)
    return judge.violated(evidence_of(phone, accepted),
                          fmt::format("no refresh within the {} {}",
                                      format_duration(*accepted.granted), granted_how));
  judge.within(evidence_of(phone, *next),
               {.start = *accepted.ok,
                .end = next->start,
                .window = {.max = *accepted.granted, .max_open = true},
                .host_produced = true},
               fmt::format("next REGISTER at the {} after {} {}", to_string(accepted.server),
                           format_duration(*accepted.granted), granted_how));
}

template <class Selects>
void judge_grants(const Phone& phone, Judge& judge, const Selects& selects,
                  std::string_view granted_how) {
  for (const ServerRole server : both) {
    const auto attempts = attempts_at(phone, server);
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      const RegisterAttempt& accepted = *attempts[i];
      if (!accepted.ok || !accepted.granted || accepted.unregister || !selects(accepted)) continue;
      judge_follows_grant(phone, judge, accepted,
                          i + 1 < attempts.size() ? attempts[i + 1] : nullptr, granted_how);
    }
  }
}

const sip::MessageView& answer_to(const Phone& phone, const RegisterAttempt& accepted) {
  return phone.message(*transactions(phone)[accepted.transactions.back()].final).sip;
}

std::size_t contacts_in(const sip::MessageView& message) {
  std::size_t count = 0;
  for (const sip::Header& header : message.headers())
    if (header.id == HeaderId::contact) count += sip::parse_addresses(header.value).size();
  return count;
}

void follows_the_grant(const Phone& phone, Judge& judge) {
  judge.needs("a 200 that grants another expiry than was asked, or lists several contacts",
              verdict::Blame::harness);
  judge_grants(
      phone, judge,
      [&](const RegisterAttempt& accepted) {
        return accepted.requested != accepted.granted ||
               contacts_in(answer_to(phone, accepted)) > 1;
      },
      "granted to its Contact");
}

void contact_beats_header(const Phone& phone, Judge& judge) {
  judge.needs("a 200 whose Contact and Expires header grant different expiries",
              verdict::Blame::harness);
  judge_grants(
      phone, judge,
      [&](const RegisterAttempt& accepted) {
        const auto header = answer_to(phone, accepted).expires();
        return header && seconds(*header) != *accepted.granted;
      },
      "granted in Contact, another value in Expires");
}

/// AMB-6: E − R means nothing, so the refresh must come before E and not at once.
void short_expiry_is_followed(const Phone& phone, Judge& judge) {
  judge.needs("a 200 that cuts the expiry short", verdict::Blame::harness);
  for (const ServerRole server : both) {
    for (const Refresh& refresh : refreshes_at(phone, server)) {
      const auto asked = refresh.previous->requested;
      if (!asked || *asked <= refresh.granted) continue;
      const Duration before = phone.profile.reregister_margin();
      const Duration least = before >= refresh.granted
                                 ? std::min<Duration>(least_wait, refresh.granted / 2)
                                 : Duration::zero();
      judge.within(evidence_of(phone, *refresh.next),
                   {.start = *refresh.previous->ok,
                    .end = refresh.next->start,
                    .window = {.min = least, .max = refresh.granted, .max_open = true},
                    .host_produced = true},
                   fmt::format("refresh at the {} after a grant cut to {} (Reregister before {})",
                               to_string(server), format_duration(refresh.granted),
                               format_duration(before)));
    }
  }
}

void unused_margin_has_no_other_effect(const Phone& phone, Judge& judge) {
  const auto& profile = phone.profile;
  if (!profile.reregister_before || profile.reregister_margin() != Duration::zero())
    return judge.not_applicable("Reregister before Expiration is in use or unknown to the device");
  judge.needs("a refresh after a granted registration");
  for (const ServerRole server : both) {
    const auto attempts = attempts_at(phone, server);
    for (const Refresh& refresh : refreshes_at(phone, server)) {
      const CaptureTime granted_at = *refresh.previous->ok;
      const auto in_period = std::ranges::count_if(attempts, [&](const RegisterAttempt* attempt) {
        return attempt->start > granted_at && attempt->start < granted_at + refresh.granted;
      });
      const Duration after = refresh.next->start - granted_at;
      const std::string seen = fmt::format(
          "refresh at the {} {} after a 200 that granted {}; {} attempts in that time",
          to_string(server), format_seconds(after), format_duration(refresh.granted), in_period);
      const bool is_hurried = refresh.next->ok && after < refresh.granted / 2;
      if (is_hurried || in_period > 2)
        judge.violated(evidence_of(phone, *refresh.next), seen);
      else
        judge.pass(evidence_of(phone, *refresh.next), seen);
    }
  }
}

// --- Failed attempts -----------------------------------------------------------------------------

void waits_after_a_timeout(const Phone& phone, Judge& judge) {
  if (phone.profile.max_request_retries)
    return judge.not_applicable("the device leaves early by its maximum number of retries");
  judge.needs("an attempt after one that timed out", verdict::Blame::harness);
  for (const ServerRole server : both) {
    const auto attempts = attempts_at(phone, server);
    for (std::size_t i = 0; i + 1 < attempts.size(); ++i) {
      const RegisterAttempt& failed = *attempts[i];
      const RegisterAttempt& next = *attempts[i + 1];
      const bool timed_out = failed.fail && failed.status == 0 &&
                             !transport_failure(phone, server, failed.start, *failed.fail);
      if (!timed_out || next.start < *failed.fail || next.unregister ||
          next_power_change(phone, failed.start) <= next.start)
        continue;
      const Duration wait = next.start - *failed.fail;
      const std::string seen = fmt::format(
          "next attempt at the {} {} after a timeout (the profile says {})", to_string(server),
          format_seconds(wait), format_duration(phone.profile.reg_retry_wait));
      const Evidence evidence = evidence_of(phone, next);
      if (wait >= least_wait)
        judge.pass(evidence, seen);
      else if (wait >= no_wait)
        judge.warn(evidence, seen);
      else
        judge.violated(evidence, seen);
    }
  }
}

void judge_answer_to_423(const Phone& phone, Judge& judge, const Transaction& refused,
                         seconds wanted) {
  const CaptureTime at = phone.at(*refused.final);
  const Transaction* next = next_at_server(phone, refused);
  if (next == nullptr || opening(phone, *next).at > at + soon) {
    if (phone.trace.last > at + soon)
      judge.warn(
          evidence_of(phone, refused),
          fmt::format("no second try within 5 s of a 423 with Min-Expires {}", wanted.count()));
    return;
  }
  const sip::MessageView& retry = opening(phone, *next).sip;
  const auto asked = asked_in(retry);
  const Evidence evidence = evidence_of(phone, *next);
  if (asked && *asked < wanted)
    judge.fail(evidence, fmt::format("asks for {} after a 423 with Min-Expires {}", asked->count(),
                                     wanted.count()));
  else if (retry.cseq() != opening(phone, refused).sip.cseq() + 1)
    judge.violated(evidence, "the retry after a 423 does not raise CSeq by one");
  else
    judge.pass(evidence, fmt::format("asks for {} after a 423 with Min-Expires {}",
                                     asked ? asked->count() : 0, wanted.count()));
}

void asks_for_min_expires(const Phone& phone, Judge& judge) {
  judge.needs("a REGISTER that is answered with 423 and Min-Expires", verdict::Blame::harness);
  for (const Transaction* transaction : registers(phone)) {
    if (!transaction->final) continue;
    const sip::MessageView& answer = phone.message(*transaction->final).sip;
    const auto wanted = number_in(answer.header(HeaderId::min_expires));
    if (answer.status() == 423 && wanted) judge_answer_to_423(phone, judge, *transaction, *wanted);
  }
}

bool has_same_content(const sip::MessageView& before, const sip::MessageView& now) {
  const auto is_same = [&](HeaderId id) { return before.header(id) == now.header(id); };
  return is_same(HeaderId::contact) && is_same(HeaderId::to) && asked_in(before) == asked_in(now) &&
         before.has(HeaderId::authorization) == now.has(HeaderId::authorization);
}

void does_not_repeat_what_was_refused(const Phone& phone, Judge& judge) {
  judge.needs("a REGISTER that is answered with 403 or 404", verdict::Blame::harness);
  const Duration limit = std::max(least_wait_after_refusal, phone.profile.reg_retry_wait_403);
  for (const Transaction* refused : registers(phone)) {
    if (!refused->final) continue;
    const int status = phone.message(*refused->final).sip.status();
    if (status != 403 && status != 404) continue;
    const CaptureTime at = phone.at(*refused->final);
    const Transaction* next = next_at_server(phone, *refused);
    const bool is_same = next != nullptr &&
                         next_power_change(phone, at) > opening(phone, *next).at &&
                         has_same_content(opening(phone, *refused).sip, opening(phone, *next).sip);
    const Duration wait = (is_same ? opening(phone, *next).at : phone.trace.last) - at;
    if (is_same && wait < limit)
      judge.violated(evidence_of(phone, *next),
                     fmt::format("the same REGISTER {} after a {} (it must wait {})",
                                 format_seconds(wait), status, format_duration(limit)));
    else if (wait >= least_wait_after_refusal)
      judge.pass(evidence_of(phone, *refused),
                 fmt::format("left alone for {} after a {}", format_seconds(wait), status));
  }
}

/// The first request outside a dialog that reached `server` in the span.
const Transaction* first_new_request(const Phone& phone, ServerRole server, CaptureTime from,
                                     CaptureTime until) {
  for (const Transaction& transaction : transactions(phone)) {
    const Message& request = opening(phone, transaction);
    if (transaction.server == server && transaction.method != Method::cancel &&
        transaction.direction == trace::Direction::from_device && request.at > from &&
        request.at < until && request.sip.to_tag().empty())
      return &transaction;
  }
  return nullptr;
}

void leaves_a_busy_server_alone(const Phone& phone, Judge& judge) {
  judge.needs("a REGISTER that is answered with 503 and Retry-After", verdict::Blame::harness);
  for (const Transaction* refused : registers(phone)) {
    if (!refused->final) continue;
    const sip::MessageView& answer = phone.message(*refused->final).sip;
    const auto wait = retry_after(answer);
    if (answer.status() != 503 || !wait) continue;
    const CaptureTime at = phone.at(*refused->final);
    const CaptureTime until = std::min(at + *wait - registration_tolerance(phone, *wait).value,
                                       next_power_change(phone, at));
    const Transaction* early = first_new_request(phone, refused->server, at, until);
    if (early != nullptr)
      judge.violated(evidence_of(phone, *early),
                     fmt::format("{} {} after a 503 with Retry-After {}",
                                 opening(phone, *early).sip.method_text(),
                                 format_seconds(opening(phone, *early).at - at), wait->count()));
    else if (phone.trace.last >= until)
      judge.pass(evidence_of(phone, *refused),
                 fmt::format("left alone for the {} s of Retry-After", wait->count()));
  }
}

// --- Where refreshes go --------------------------------------------------------------------------

void refreshes_where_it_registered(const Phone& phone, Judge& judge) {
  judge.needs("a refresh of a registration");
  std::size_t refreshes = 0;
  bool all_right = true;
  for (const RegisterAttempt& accepted : attempts(phone)) {
    if (!accepted.ok || !accepted.granted || accepted.unregister) continue;
    const Message& first = opening(phone, transactions(phone)[accepted.transactions.back()]);
    for (const Transaction* later : registers(phone)) {
      const Message& message = opening(phone, *later);
      const bool is_refresh = message.at > *accepted.ok &&
                              message.at < *accepted.ok + *accepted.granted &&
                              message.sip.call_id() == first.sip.call_id() &&
                              message.sip.request_uri() == first.sip.request_uri();
      if (!is_refresh) continue;
      ++refreshes;
      if (message.destination == first.destination) continue;
      all_right = false;
      judge.violated(evidence_of(phone, *later),
                     fmt::format("registered at {}, refreshed at {}", first.destination.text(),
                                 message.destination.text()));
    }
  }
  if (refreshes > 0 && all_right)
    judge.pass({}, fmt::format("{} refreshes went where the registration had gone", refreshes));
}

void ignores_record_route(const Phone& phone, Judge& judge) {
  judge.needs("a 200 to REGISTER with Record-Route, and a REGISTER after it",
              verdict::Blame::harness);
  for (const Transaction* transaction : registers(phone)) {
    if (!transaction->final) continue;
    const sip::MessageView& answer = phone.message(*transaction->final).sip;
    const auto recorded = sip::parse_addresses(answer.header(HeaderId::record_route));
    const Transaction* next = next_at_server(phone, *transaction);
    if (!answer.is_success() || recorded.empty() || next == nullptr) continue;
    const auto route = sip::parse_addresses(opening(phone, *next).sip.header(HeaderId::route));
    const bool follows = std::ranges::any_of(route, [&](const sip::Address& hop) {
      return sip::same_uri(hop.uri, recorded.front().uri);
    });
    if (follows)
      judge.violated(evidence_of(phone, *next),
                     "a Route made of the Record-Route of a registrar's 200");
    else
      judge.pass(evidence_of(phone, *next), "no Route from a registrar's Record-Route");
  }
}

// --- Taking a binding back -----------------------------------------------------------------------

bool is_star(const sip::MessageView& request) {
  const std::string_view contact = request.header(HeaderId::contact);
  return sip::trim(contact) == "*";
}

void takes_bindings_back(const Phone& phone, Judge& judge) {
  judge.needs("a REGISTER that takes a binding back");
  std::array<bool, 2> told{};
  std::optional<CaptureTime> first;
  for (const Transaction* transaction : registers(phone)) {
    const Message& message = opening(phone, *transaction);
    const bool takes_back = is_star(message.sip) || asked_in(message.sip) == seconds(0);
    if (!takes_back) continue;
    if (!first) first = message.at;
    told[transaction->server == ServerRole::secondary ? 1 : 0] = true;
    if (is_star(message.sip) && message.sip.expires() != 0u)
      judge.fail(evidence_of(phone, *transaction), "Contact \"*\" without Expires: 0");
    else
      judge.pass(evidence_of(phone, *transaction), "takes its binding back with expiry 0");
  }
  for (std::size_t i = 0; first && i < both.size(); ++i)
    if (!told[i] && registered(phone, both[i], *first) && next_action(phone, "shutdown", {}))
      judge.warn({both[i], {}, {}}, fmt::format("went without telling the {}", to_string(both[i])));
}

constexpr std::array table{
    Check{"GRP-REG-06", unused_margin_has_no_other_effect},
    Check{"RFC3261-REG-06", proposes_one_expiry},
    Check{"RFC3261-REG-07", follows_the_grant},
    Check{"RFC3261-REG-08", contact_beats_header},
    Check{"RFC3261-REG-11", waits_after_a_timeout},
    Check{"RFC3261-REG-12", asks_for_min_expires},
    Check{"RFC3261-REG-13", refreshes_where_it_registered},
    Check{"RFC3261-REG-14", ignores_record_route},
    Check{"RFC3261-REG-15", does_not_repeat_what_was_refused},
    Check{"RFC3261-REG-16", leaves_a_busy_server_alone},
    Check{"RFC3261-REG-17", takes_bindings_back},
    Check{"FO-EXPSHORT", short_expiry_is_followed},
};

}  // namespace

std::span<const Check> rfc3261_10_answer_checks() {
  return table;
}

}  // namespace sipharness::check
