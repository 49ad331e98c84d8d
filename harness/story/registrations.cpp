// Registrations by server: every attempt, what came of it, and how long its binding held.

#include <algorithm>
#include <utility>

#include "harness/observed/journal_facts.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/retry_after.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/story/chapters.hpp"

namespace sipharness::story {
namespace {

using observed::Binding;
using observed::RegisterAttempt;

Outcome outcome_of(const RegisterAttempt& attempt) {
  if (attempt.ok) return Outcome::accepted;
  if (attempt.status != 0) return Outcome::refused;
  return attempt.fail ? Outcome::unanswered : Outcome::open;
}

BindingEnd end_of(const observed::Phone& phone, const Binding& binding) {
  if (binding.refreshed) return BindingEnd::refreshed;
  if (binding.until > phone.trace.last) return BindingEnd::capture_ended;
  if (has_lapsed(phone, binding)) return BindingEnd::lapsed;
  using Forgotten = observed::Timed<journal::BindingsForgotten>;
  const auto forgotten = phone.journal.all<journal::BindingsForgotten>();
  return std::ranges::binary_search(forgotten, binding.until, {}, &Forgotten::at)
             ? BindingEnd::forgotten
             : BindingEnd::unregistered;
}

/// What was sent and heard, request by request.
void tell_exchange(const observed::Phone& phone, const RegisterAttempt& attempt,
                   Registration& told) {
  for (const std::size_t index : attempt.transactions) {
    const observed::Transaction& transaction = transactions(phone)[index];
    told.transmissions += transaction.sends.size();
    if (!transaction.final) continue;
    const sip::MessageView& response = phone.message(*transaction.final).sip;
    told.statuses.push_back(response.status());
    told.reason = response.reason();
    told.answered = moment_of(phone, *transaction.final);
    told.wait_asked = observed::retry_after(response);
  }
}

Registration tell_attempt(const observed::Phone& phone, const RegisterAttempt& attempt) {
  const observed::Transaction& first = transactions(phone)[attempt.transactions.front()];
  Registration told;
  told.sent = moment_of(phone, first.sends.front());
  told.outcome = outcome_of(attempt);
  told.asked = attempt.requested;
  told.granted = attempt.granted;
  told.ends_registration = attempt.unregister;
  told.is_refresh = registered(phone, attempt.server, attempt.start);
  tell_exchange(phone, attempt, told);
  return told;
}

}  // namespace

std::vector<RegistrationsAtServer> tell_registrations(const observed::Phone& phone) {
  std::vector<RegistrationsAtServer> told;
  std::vector<std::pair<std::size_t, std::size_t>> places(attempts(phone).size());
  for (const ServerRole server : {ServerRole::primary, ServerRole::secondary, ServerRole::none}) {
    RegistrationsAtServer here{.server = server, .attempts = {}};
    for (const RegisterAttempt* attempt : attempts_at(phone, server)) {
      const auto index = static_cast<std::size_t>(attempt - attempts(phone).data());
      places[index] = {told.size(), here.attempts.size()};
      here.attempts.push_back(tell_attempt(phone, *attempt));
    }
    if (!here.attempts.empty()) told.push_back(std::move(here));
  }
  for (const Binding& binding : bindings(phone)) {
    const auto [server, attempt] = places[binding.attempt];
    told[server].attempts[attempt].binding = {binding.from, binding.until, end_of(phone, binding)};
  }
  return told;
}

}  // namespace sipharness::story
