#include "harness/observed/registration.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>

#include "harness/observed/addresses.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/register_answers.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/seconds.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

void read_request(const sip::MessageView& request, RegisterAttempt& attempt) {
  const auto contact = bound_contact_of(request);
  attempt.requested = asked_in(request, contact);
  attempt.aor = uri_in(request, sip::HeaderId::to);
  attempt.contact = contact ? contact->uri : std::string_view();
  attempt.unregister = attempt.contact == "*" || attempt.requested == Duration::zero();
}

/// E of ALG-BIND: the device's own Contact decides, foreign ones never (trap 5). The Expires header
/// stands in for the parameter of a Contact that is listed (§10.2.4), for none that is not.
void take_grant(const sip::MessageView& response, RegisterAttempt& attempt) {
  const auto header = response.expires();
  std::optional<Duration> said =
      header ? std::optional(std::chrono::seconds(*header)) : std::nullopt;
  attempt.granted = said ? said : attempt.requested;
  for (const sip::Address& contact : contacts_in(response)) {
    if (!sip::same_uri(contact.uri, attempt.contact)) continue;
    attempt.is_listed = true;
    if (const auto expiry = sip::seconds_in(contact.parameter("expires"))) {
      attempt.granted = said = expiry;
      break;
    }
  }
  attempt.is_grant_said = attempt.is_listed && said;
  // No time to stay registered, none to register again in.
  if (attempt.granted == Duration::zero()) attempt.granted.reset();
}

/// policy: a REGISTER this soon after a 401, 407, 423 or 3xx goes on with the attempt (ALG-ATT).
constexpr Duration time_to_go_on = 2s;

/// The request has credentials under a nonce of the challenge.
bool answers(const Message& request, const Message& challenge) {
  const std::vector<Offer> offers = offers_in(challenge.sip);
  return std::ranges::any_of(credentials_in(request.sip), [&](const DigestCredentials& digest) {
    return digest.values &&
           std::ranges::find(offers, digest.values->nonce, &Offer::nonce) != offers.end();
  });
}

/// Final responses after which the same attempt goes on with a new CSeq.
bool continues_attempt(int status) {
  return status == 401 || status == 407 || status == 423 || status / 100 == 3;
}

class AttemptFinder {
 public:
  explicit AttemptFinder(const Phone& phone)
      : phone_(phone), transactions_(transactions(phone)), profile_(phone.profile) {}

  std::vector<RegisterAttempt> find() {
    // One without Contact only asks what is bound (§10.2.3).
    const auto is_registration = [this](const Transaction& transaction) {
      return transaction.method == sip::Method::register_ &&
             transaction.direction == Direction::from_device &&
             phone_.messages[transaction.sends.front()].sip.has(sip::HeaderId::contact);
    };
    attempts_.reserve(
        static_cast<std::size_t>(std::ranges::count_if(transactions_, is_registration)));
    for (std::size_t index = 0; index < transactions_.size(); ++index)
      if (is_registration(transactions_[index])) place(index);
    for (std::size_t index = 0; index < attempts_.size(); ++index) conclude(index);
    return std::move(attempts_);
  }

 private:
  using ChainKey = std::pair<ServerRole, std::uint32_t>;  ///< and Call-ID

  const Message& first_send(std::size_t transaction) const {
    return phone_.messages[transactions_[transaction].sends.front()];
  }

  void place(std::size_t index) {
    const Transaction& transaction = transactions_[index];
    const Message& message = first_send(index);
    const ChainKey key{transaction.server, call_numbers(phone_)[message]};
    const auto known = newest_.find(key);
    if (known != newest_.end() && is_continued_by(attempts_[known->second], message)) {
      attempts_[known->second].transactions.push_back(index);
    } else {
      newest_[key] = attempts_.size();
      RegisterAttempt attempt;
      attempt.server = transaction.server;
      attempt.transactions.push_back(index);
      attempt.start = message.at;
      attempts_.push_back(std::move(attempt));
    }
    note_start(transaction, message);
  }

  bool is_continued_by(const RegisterAttempt& attempt, const Message& next) const {
    const std::size_t last = attempt.transactions.back();
    if (!transactions_[last].final) return false;
    const Message& answer = phone_.messages[*transactions_[last].final];
    if (next.at < answer.at || !continues_attempt(answer.sip.status())) return false;
    // A nonce that was offered again after it was tried is one that the device just has.
    const bool is_tried = answers(first_send(last), answer);
    const bool goes_on =
        next.at - answer.at <= time_to_go_on || (answers(next, answer) && !is_tried);
    return goes_on && next.sip.cseq() != first_send(last).sip.cseq();
  }

  /// Remembers starts per server, to find the next one with a new CSeq (or a new Call-ID).
  void note_start(const Transaction& transaction, const Message& message) {
    starts_[transaction.server].push_back(message.index);
  }

  std::optional<CaptureTime> next_register(const RegisterAttempt& attempt) const {
    const Message& last = first_send(attempt.transactions.back());
    const std::vector<std::size_t>& starts = starts_.at(attempt.server);
    auto next = std::ranges::upper_bound(starts, last.index);
    for (; next != starts.end(); ++next) {
      const Message& message = phone_.messages[*next];
      const bool is_same_request =
          message.sip.cseq() == last.sip.cseq() && have_same_call_id(phone_, message, last);
      if (!is_same_request) return message.at;
    }
    return std::nullopt;
  }

  void conclude(std::size_t index) {
    RegisterAttempt& attempt = attempts_[index];
    const std::size_t last = attempt.transactions.back();
    const CaptureTime last_start = first_send(last).at;
    read_request(first_send(last).sip, attempt);
    if (transactions_[last].final && is_in_time(last_start, *transactions_[last].final)) {
      return finish(attempt, phone_.messages[*transactions_[last].final]);
    }
    CaptureTime fail = last_start + profile_.request_timeout();
    if (const auto next = next_register(attempt)) fail = std::min(fail, *next);
    if (const auto given_up = given_up_at(transactions_[last])) fail = std::min(fail, *given_up);
    // A device that sends on has not been told by its stack; §18.4 leaves that open.
    const auto told = transport_failure(attempt, last_start);
    if (told && phone_.messages[transactions_[last].sends.back()].at <= *told)
      fail = std::min(fail, *told);
    if (fail <= phone_.trace.last) attempt.fail = fail;
  }

  /// Where nobody says its timers: when a request was due to be sent again over UDP and was not.
  std::optional<CaptureTime> given_up_at(const Transaction& transaction) const {
    const std::vector<std::size_t>& sends = transaction.sends;
    if (profile_.knows_timers || sends.size() < 3 ||
        phone_.message(sends.back()).transport != Transport::udp)
      return std::nullopt;
    const Duration interval = phone_.at(sends.back()) - phone_.at(sends[sends.size() - 2]);
    return phone_.at(sends.back()) +
           std::max(interval, std::min<Duration>(interval * 2, profile_.timers.t2));
  }

  /// ICMP or RST told the device that the server is not there.
  std::optional<CaptureTime> transport_failure(const RegisterAttempt& attempt,
                                               CaptureTime since) const {
    const std::vector<Endpoint>& addresses = phone_.trace.devices[phone_.device].addresses;
    const auto& failures = phone_.transport_failures;
    const auto from = std::ranges::lower_bound(failures, since, {}, &TransportFailure::at);
    const auto told = std::find_if(from, failures.end(), [&](const TransportFailure& failure) {
      return failure.server == attempt.server &&
             std::ranges::find(addresses, failure.device) != addresses.end();
    });
    return told == failures.end() ? std::nullopt : std::optional(told->at);
  }

  /// A response that comes when Timer F has ended the transaction is not an answer to it any more
  /// (RFC 3261 §17.1.2.2); the device's timer may be late by its tolerance.
  bool is_in_time(CaptureTime last_start, std::size_t final) const {
    const Duration timer_f = profile_.timers.sixty_four_t1();
    return phone_.messages[final].at <=
           last_start + timer_f + profile_.tolerances.timer.of(timer_f);
  }

  static void finish(RegisterAttempt& attempt, const Message& answer) {
    attempt.end = answer.at;
    attempt.status = answer.sip.status();
    if (!answer.sip.is_success()) return;
    attempt.ok = answer.at;
    if (!attempt.unregister && !attempt.contact.empty()) take_grant(answer.sip, attempt);
  }

  const Phone& phone_;
  const std::vector<Transaction>& transactions_;
  const scenario::Profile& profile_;
  std::vector<RegisterAttempt> attempts_;
  std::map<ChainKey, std::size_t> newest_;
  std::map<ServerRole, std::vector<std::size_t>> starts_;
};

/// Something that ends a binding before it lapses.
bool ends_binding(const RegisterAttempt& attempt, const RegisterAttempt& binding) {
  return attempt.unregister &&
         (attempt.contact == "*" || sip::same_uri(attempt.contact, binding.contact));
}

class BindingFinder {
 public:
  explicit BindingFinder(const Phone& phone) : phone_(phone), attempts_(attempts(phone)) {}

  std::vector<Binding> find() {
    std::vector<std::size_t> accepted;
    for (std::size_t index = 0; index < attempts_.size(); ++index) {
      if (attempts_[index].ok) accepted.push_back(index);
    }
    std::ranges::stable_sort(accepted, {},
                             [this](std::size_t index) { return *attempts_[index].ok; });
    for (const std::size_t index : accepted) take(index);
    for (Binding& binding : bindings_) {
      binding.believed_until = binding.until;
      forget(binding);
    }
    return std::move(bindings_);
  }

 private:
  void take(std::size_t index) {
    const RegisterAttempt& attempt = attempts_[index];
    const auto current = current_.find(attempt.server);
    if (current != current_.end()) hand_over(bindings_[current->second], attempt);
    if (!attempt.granted) return;
    current_[attempt.server] = bindings_.size();
    bindings_.push_back(
        {attempt.server, index, *attempt.ok, *attempt.ok + *attempt.granted, false});
  }

  void hand_over(Binding& binding, const RegisterAttempt& next) {
    if (*next.ok >= binding.until) return;
    const bool is_refresh = next.granted.has_value();
    if (!is_refresh && !ends_binding(next, attempts_[binding.attempt])) return;
    binding.until = *next.ok;
    binding.refreshed = is_refresh;
  }

  void forget(Binding& binding) const {
    const auto all = phone_.journal.all<journal::BindingsForgotten>();
    const auto from = std::ranges::lower_bound(all, binding.from, {}, &Forgotten::at);
    const auto first = std::find_if(from, all.end(), [&](const Forgotten& one) {
      return trace::role_of(one.event->server) == binding.server;
    });
    if (first == all.end() || first->at >= binding.until) return;
    binding.until = first->at;
    binding.refreshed = false;
  }

  using Forgotten = Timed<journal::BindingsForgotten>;

  const Phone& phone_;
  const std::vector<RegisterAttempt>& attempts_;
  std::vector<Binding> bindings_;
  std::map<ServerRole, std::size_t> current_;
};

using AttemptsByServer = std::array<std::vector<const RegisterAttempt*>, 3>;

AttemptsByServer find_attempts_by_server(const Phone& phone) {
  AttemptsByServer found;
  for (const RegisterAttempt& attempt : attempts(phone))
    found[static_cast<std::size_t>(attempt.server)].push_back(&attempt);
  return found;
}

/// How an attempt ended.
struct Outcome {
  CaptureTime at;
  bool failed = false;
};

/// By server, in the order of their times.
std::array<std::vector<Outcome>, 3> find_outcomes(const Phone& phone) {
  std::array<std::vector<Outcome>, 3> found;
  for (const RegisterAttempt& attempt : attempts(phone))
    if (const auto finished = attempt.fail ? attempt.fail : attempt.end)
      found[static_cast<std::size_t>(attempt.server)].push_back({*finished, attempt.failed()});
  for (std::vector<Outcome>& outcomes : found) std::ranges::stable_sort(outcomes, {}, &Outcome::at);
  return found;
}

/// By server; of one server none begins before the one before it has ended.
std::array<std::vector<Binding>, 3> find_bindings_by_server(const Phone& phone) {
  std::array<std::vector<Binding>, 3> found;
  for (const Binding& binding : bindings(phone))
    found[static_cast<std::size_t>(binding.server)].push_back(binding);
  return found;
}

}  // namespace

std::optional<CaptureTime> RegisterAttempt::failed_at() const {
  if (fail) return fail;
  return status >= 300 ? end : std::nullopt;
}

std::vector<RegisterAttempt> find_attempts(const Phone& phone) {
  return AttemptFinder(phone).find();
}

const std::vector<const RegisterAttempt*>& attempts_at(const Phone& phone, ServerRole server) {
  return phone.derived<find_attempts_by_server>()[static_cast<std::size_t>(server)];
}

std::vector<Binding> find_bindings(const Phone& phone) {
  return BindingFinder(phone).find();
}

bool has_lapsed(const Phone& phone, const Binding& binding) {
  const RegisterAttempt& attempt = attempts(phone)[binding.attempt];
  return !binding.refreshed && binding.until <= phone.trace.last && attempt.granted &&
         binding.until == *attempt.ok + *attempt.granted;
}

bool known_down(const Phone& phone, ServerRole server, CaptureTime at) {
  const auto& outcomes = phone.derived<find_outcomes>()[static_cast<std::size_t>(server)];
  const auto next = std::ranges::lower_bound(outcomes, at, {}, &Outcome::at);
  return next != outcomes.begin() && std::prev(next)->failed;
}

const Binding* binding_at(const Phone& phone, ServerRole server, CaptureTime at) {
  const auto& held = phone.derived<find_bindings_by_server>()[static_cast<std::size_t>(server)];
  const auto next = std::ranges::upper_bound(held, at, {}, &Binding::from);
  if (next == held.begin() || at >= std::prev(next)->until) return nullptr;
  return &*std::prev(next);
}

bool registered(const Phone& phone, ServerRole server, CaptureTime at) {
  return binding_at(phone, server, at) != nullptr;
}

}  // namespace sipharness::observed
