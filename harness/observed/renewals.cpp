#include "harness/observed/renewals.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "harness/observed/grants.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_answers.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/sip/seconds.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

const sip::MessageView& last_request_of(const Phone& phone, const RegisterAttempt& attempt) {
  return opening(phone, last_of(phone, attempt)).sip;
}

/// For how long the 2xx binds that Contact; nothing where it does not say.
std::optional<Duration> granted_to(const Phone& phone, const RegisterAttempt& attempt,
                                   std::string_view uri) {
  const sip::MessageView* answer = answer_to(phone, last_of(phone, attempt));
  if (answer == nullptr) return std::nullopt;
  for (const sip::Address& contact : contacts_in(*answer)) {
    if (!sip::same_uri(contact.uri, uri)) continue;
    const auto expiry = sip::seconds_in(contact.parameter("expires"));
    return expiry && *expiry > Duration::zero() ? std::optional<Duration>(*expiry) : std::nullopt;
  }
  return std::nullopt;
}

/// Of one server.
class RenewalFinder {
 public:
  RenewalFinder(const Phone& phone, ServerRole server) : phone_(phone), server_(server) {}

  std::vector<Renewal> find() && {
    for (const RegisterAttempt* attempt : attempts_at(phone_, server_))
      if (attempt->ok) take(*attempt);
    // What the device takes back it need not refresh.
    std::erase_if(found_, [](const Renewal& one) { return one.granted == nullptr; });
    return std::move(found_);
  }

 private:
  void take(const RegisterAttempt& attempt) {
    const sip::MessageView& request = last_request_of(phone_, attempt);
    const std::vector<sip::Address> contacts = contacts_in(request);
    std::erase_if(open_, [&](std::size_t one) {
      return sip::same_uri(found_[one].granted->aor, attempt.aor) &&
             settles(attempt, request, contacts, found_[one]);
    });
    if (attempt.unregister) return;
    if (attempt.granted && is_grant_known(attempt))
      open({.granted = &attempt, .expiry = *attempt.granted}, is_left_to_lapse(phone_, attempt));
    for (const sip::Address& contact : contacts) {
      if (is_ended(request, contact) || sip::same_uri(contact.uri, attempt.contact)) continue;
      if (const auto expiry = granted_to(phone_, attempt, contact.uri))
        open({.granted = &attempt, .expiry = *expiry, .contact = contact.uri}, false);
    }
  }

  /// The attempt renews what was granted, or takes it back.
  static bool settles(const RegisterAttempt& attempt, const sip::MessageView& request,
                      const std::vector<sip::Address>& contacts, Renewal& renewal) {
    const auto named = std::ranges::find_if(contacts, [&](const sip::Address& contact) {
      return sip::same_uri(contact.uri, renewal.contact);
    });
    const bool is_first = renewal.contact.empty();
    const bool is_taken_back =
        attempt.contact == "*" ||
        (is_first ? attempt.unregister : named != contacts.end() && is_ended(request, *named));
    if (is_taken_back)
      renewal.granted = nullptr;
    else if (is_first || named != contacts.end())
      renewal.renewed = &attempt;
    return is_taken_back || renewal.renewed != nullptr;
  }

  void open(const Renewal& renewal, bool is_left_to_lapse) {
    const CaptureTime ok = *renewal.granted->ok;
    const CaptureTime healthy_until = next_fault(phone_, server_, ok).value_or(CaptureTime::max());
    if (ok + renewal.expiry >= healthy_until && !is_left_to_lapse) return;
    open_.push_back(found_.size());
    found_.push_back(renewal);
  }

  const Phone& phone_;
  ServerRole server_;
  std::vector<Renewal> found_;
  std::vector<std::size_t> open_;  ///< of these, what nothing has renewed yet
};

}  // namespace

std::vector<Renewal> find_renewals(const Phone& phone) {
  std::vector<Renewal> found;
  for (const ServerRole server : both_servers)
    std::ranges::move(RenewalFinder(phone, server).find(), std::back_inserter(found));
  return found;
}

bool may_be_given_up(const Phone& phone, const Renewal& renewal) {
  const RegisterAttempt& granted = *renewal.granted;
  if (phone.trace.has_journal() || renewal.renewed != nullptr) return false;
  return std::ranges::any_of(attempts_at(phone, granted.server), [&](const RegisterAttempt* other) {
    const bool is_apart = !renewal.contact.empty() || !sip::same_uri(other->aor, granted.aor);
    return is_apart && other->ok && other->start > *granted.ok + renewal.expiry;
  });
}

Evidence evidence_of(const Phone& phone, const Renewal& renewal) {
  return evidence_of(phone, *renewal.granted);
}

}  // namespace sipharness::observed
