#pragma once
// Register attempts of a phone, its bindings, and what it could know about a server.
// @source ALG-ATT, ALG-BIND, ALG-KNOWNDOWN: requirements §0.4

#include <optional>
#include <string_view>
#include <vector>

#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

/// REGISTER transactions chained over 401, 407, 423 and 3xx.
struct RegisterAttempt {
  ServerRole server = ServerRole::none;
  std::vector<std::size_t> transactions;  ///< indices into the transactions
  CaptureTime start;
  std::optional<CaptureTime> end;   ///< final non-challenge response
  std::optional<CaptureTime> ok;    ///< the 2xx
  std::optional<CaptureTime> fail;  ///< no final response: when the device could know
  int status = 0;                   ///< of the final response, 0 if none
  bool unregister = false;          ///< asked for expiry 0
  std::string_view aor;             ///< URI of its To
  std::string_view contact;         ///< URI of the device's (first) Contact; "*"; empty if none
  std::optional<Duration> requested;
  std::optional<Duration> granted;  ///< E, by ALG-BIND; nothing where that is 0 s
  bool is_listed = false;           ///< the 200 lists the Contact
  bool is_grant_said = false;       ///< and says for how long, there or in its Expires header
  bool failed() const { return fail.has_value() || status >= 300; }
  /// When the failure was there to be known.
  std::optional<CaptureTime> failed_at() const;
};

/// One span during which a server held the device's registration.
struct Binding {
  ServerRole server = ServerRole::none;
  std::size_t attempt = 0;  ///< index into the attempts
  CaptureTime from;
  CaptureTime until;  ///< lapse, un-REGISTER, refresh (the next binding takes over) or forgotten
  bool refreshed = false;        ///< ended because the next one began
  CaptureTime believed_until{};  ///< as far as the device can know: no server tells what it forgets
};

std::vector<RegisterAttempt> find_attempts(const Phone& phone);
/// By time of their first REGISTER.
inline const std::vector<RegisterAttempt>& attempts(const Phone& phone) {
  return phone.derived<find_attempts>();
}
/// The last REGISTER of an attempt: the one that got its answer.
inline const Transaction& last_of(const Phone& phone, const RegisterAttempt& attempt) {
  return transactions(phone)[attempt.transactions.back()];
}
/// Those at one server.
const std::vector<const RegisterAttempt*>& attempts_at(const Phone& phone, ServerRole server);

std::vector<Binding> find_bindings(const Phone& phone);
/// By time of the 2xx that made them.
inline const std::vector<Binding>& bindings(const Phone& phone) {
  return phone.derived<find_bindings>();
}

/// Within the capture it ran out: it was not refreshed, taken back or forgotten by the server.
bool has_lapsed(const Phone& phone, const Binding& binding);

/// The newest finished attempt at `server` before `at` failed and no 2xx came after it.
bool known_down(const Phone& phone, ServerRole server, CaptureTime at);
/// The binding at `server` that is alive at `at`; null if there is none.
const Binding* binding_at(const Phone& phone, ServerRole server, CaptureTime at);
/// A binding at `server` is alive at `at`.
bool registered(const Phone& phone, ServerRole server, CaptureTime at);

}  // namespace sipharness::observed
