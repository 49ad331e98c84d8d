#include "harness/observed/renewals.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "harness/observed/grants.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_answers.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/sip/seconds.hpp"
#include "harness/sip/text.hpp"
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

/// The same of all that same_uri() takes for one.
std::string place_of(std::string_view aor) {
  const auto uri = sip::parse_uri(aor);
  if (!uri) return {};
  if (const auto address = IpAddress::parse(uri->host)) return address->text();
  std::string host(uri->host);
  std::ranges::transform(host, host.begin(), sip::lower);
  return host;
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
    std::vector<std::size_t>& open = open_[place_of(attempt.aor)];
    std::erase_if(open, [&](std::size_t one) {
      return sip::same_uri(found_[one].granted->aor, attempt.aor) &&
             settles(attempt, request, contacts, found_[one]);
    });
    if (attempt.unregister) return;
    if (attempt.granted && is_grant_known(attempt))
      add({.granted = &attempt, .expiry = *attempt.granted}, is_left_to_lapse(phone_, attempt),
          open);
    for (const sip::Address& contact : contacts) {
      if (is_ended(request, contact) || sip::same_uri(contact.uri, attempt.contact)) continue;
      if (const auto expiry = granted_to(phone_, attempt, contact.uri))
        add({.granted = &attempt, .expiry = *expiry, .contact = contact.uri}, false, open);
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

  void add(const Renewal& renewal, bool is_left_to_lapse, std::vector<std::size_t>& open) {
    const CaptureTime ok = *renewal.granted->ok;
    const CaptureTime healthy_until = next_fault(phone_, server_, ok).value_or(CaptureTime::max());
    if (ok + renewal.expiry >= healthy_until && !is_left_to_lapse) return;
    open.push_back(found_.size());
    found_.push_back(renewal);
  }

  const Phone& phone_;
  ServerRole server_;
  std::vector<Renewal> found_;
  /// Of these, what nothing has renewed yet, by the place of its address of record.
  std::unordered_map<std::string, std::vector<std::size_t>> open_;
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
  const auto& all = attempts_at(phone, granted.server);
  const auto later =
      std::ranges::upper_bound(all, *granted.ok + renewal.expiry, {}, &RegisterAttempt::start);
  return std::any_of(later, all.end(), [&](const RegisterAttempt* other) {
    return other->ok && (!renewal.contact.empty() || !sip::same_uri(other->aor, granted.aor));
  });
}

Evidence evidence_of(const Phone& phone, const Renewal& renewal) {
  return evidence_of(phone, *renewal.granted);
}

}  // namespace sipharness::observed
