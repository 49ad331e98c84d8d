#include "harness/observed/register_answers.hpp"

#include <algorithm>

#include "harness/observed/client_transactions.hpp"
#include "harness/observed/grants.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/sip/seconds.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::observed {
namespace {

/// Tells `is_found` of each readable Contact, until it says so.
template <class IsFound>
void look_at_contacts(const sip::MessageView& message, IsFound is_found) {
  for (const sip::Header& header : message.headers_from(sip::HeaderId::contact)) {
    if (header.id != sip::HeaderId::contact) continue;
    for (std::string_view rest = header.value; !rest.empty();)
      if (const auto contact = sip::parse_address(sip::take_list_member(rest));
          contact && is_found(*contact))
        return;
  }
}

}  // namespace

std::vector<sip::Address> contacts_in(const sip::MessageView& message) {
  std::vector<sip::Address> contacts;
  look_at_contacts(message, [&](const sip::Address& contact) {
    contacts.push_back(contact);
    return false;
  });
  return contacts;
}

bool is_ended(const sip::MessageView& request, const sip::Address& contact) {
  if (const auto own = contact.parameter("expires")) return *own == "0";
  return request.expires() == 0U;
}

std::optional<sip::Address> bound_contact_of(const sip::MessageView& request) {
  std::optional<sip::Address> bound;
  look_at_contacts(request, [&](const sip::Address& contact) {
    const bool is_bound = !is_ended(request, contact);
    if (is_bound || !bound) bound = contact;
    return is_bound;
  });
  return bound;
}

std::string_view flow_of(const sip::MessageView& request) {
  const auto contact = bound_contact_of(request);
  return contact ? contact->parameter("reg-id").value_or("") : std::string_view();
}

std::optional<std::chrono::seconds> asked_in(const sip::MessageView& request) {
  return asked_in(request, bound_contact_of(request));
}

std::optional<std::chrono::seconds> asked_in(const sip::MessageView& request,
                                             const std::optional<sip::Address>& contact) {
  const auto own = contact ? sip::seconds_in(contact->parameter("expires")) : std::nullopt;
  if (own) return own;
  const auto header = request.expires();
  return header ? std::optional<std::chrono::seconds>(*header) : std::nullopt;
}

const sip::MessageView* answer_to(const Phone& phone, const Transaction& registration) {
  return registration.final ? &phone.message(*registration.final).sip : nullptr;
}

const sip::MessageView* grant_to(const Phone& phone, const RegisterAttempt& attempt) {
  if (!attempt.ok || !attempt.granted || !is_grant_known(attempt) || attempt.unregister)
    return nullptr;
  return answer_to(phone, last_of(phone, attempt));
}

std::size_t attempts_in_period(const Phone& phone, const Refresh& refresh) {
  const auto& attempts = attempts_at(phone, refresh.next->server);
  const CaptureTime granted_at = *refresh.previous->ok;
  const auto first = std::ranges::upper_bound(attempts, granted_at, {}, &RegisterAttempt::start);
  const auto end = std::ranges::lower_bound(first, attempts.end(), granted_at + refresh.granted, {},
                                            &RegisterAttempt::start);
  return static_cast<std::size_t>(end - first);
}

bool timed_out(const Phone& phone, const RegisterAttempt& attempt) {
  const Transaction& last = last_of(phone, attempt);
  const Duration timeout = phone.profile.request_timeout();
  const Duration early = timer_tolerance(phone, timeout).value / 2;
  return attempt.fail && attempt.status == 0 &&
         *attempt.fail >= start_of(phone, last) + timeout - early &&
         !transport_failure(phone, attempt.server, attempt.start, *attempt.fail);
}

bool is_at_another_machine(const Phone& phone, const RegisterAttempt& attempt,
                           const Transaction& failed) {
  return opening(phone, transactions(phone)[attempt.transactions.front()]).destination !=
         opening(phone, failed).destination;
}

bool has_same_content(const sip::MessageView& before, const sip::MessageView& now) {
  const auto is_same = [&](sip::HeaderId id) { return before.header(id) == now.header(id); };
  return is_same(sip::HeaderId::contact) && is_same(sip::HeaderId::to) &&
         asked_in(before) == asked_in(now) &&
         before.has(sip::HeaderId::authorization) == now.has(sip::HeaderId::authorization);
}

bool has_star(const sip::MessageView& request) {
  return std::ranges::any_of(contacts_in(request), [](const sip::Address& contact) {
    return contact.uri.starts_with('*');
  });
}

bool was_due(const Phone& phone, const RegisterAttempt& bound, const RegisterAttempt& last) {
  return last.start >= *bound.ok + latest_refresh(phone, *bound.granted) -
                           registration_tolerance(phone, *bound.granted).value;
}

}  // namespace sipharness::observed
