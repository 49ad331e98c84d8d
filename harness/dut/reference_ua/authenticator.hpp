#pragma once
// Proves at one server that we know the account's password. Contract:
//  1. accept() takes the challenge of a 401 or 407 and says whether trying again makes sense.
//  2. authorize() adds credentials for every challenge taken so far; each use raises its count.
//  3. Credentials that a server rejected are not tried again within the same attempt.
//  4. What it does wrong is asked for by deviations.
// @source RFC 3261 §22.1-§22.3; RFC 7616 §3.4 (nc), RFC 2617 §3.2.1 (stale)

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/rng.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/sip/auth/digest.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::dut {

class Authenticator {
 public:
  struct Account {
    std::string username;
    std::string password;
  };

  Authenticator(const Rng& rng, Account account, const DeviationSet& deviations);

  /// `sent` is the request that drew `challenge`.
  bool accept(const sip::MessageView& sent, const sip::MessageView& challenge);
  void authorize(sip::MessageBuilder& request, std::string_view method, std::string_view uri);
  /// A 2xx may name the next nonce. @source RFC 7616 §3.5
  void take_next_nonce(const sip::MessageView& response);
  /// Some server challenged us and we took it.
  bool was_challenged() const { return !spaces_.empty(); }
  /// Of the deviation insists_on_the_nonce_of_the_other_server; `lender` must outlive this.
  void borrow_from(Authenticator& lender) { lender_ = &lender; }

 private:
  struct Space {
    sip::Challenge challenge;
    std::uint32_t uses = 0;
  };

  /// The topmost challenge whose algorithm we know.
  std::optional<sip::Challenge> choose(const sip::MessageView& response,
                                       sip::HeaderId wanted) const;
  /// The lender has a nonce for that realm.
  bool can_borrow(sip::HeaderId header, const std::string& realm) const;

  Rng rng_;
  Account account_;
  DeviationSet deviations_;
  std::map<sip::HeaderId, Space> spaces_;  ///< by the header that carries the credentials
  Authenticator* lender_ = nullptr;
  bool borrows_ = false;
  int answers_ = 0;  ///< of the deviation answers_a_first_407_in_authorization
};

inline bool is_challenge(const sip::MessageView& response) {
  return response.status() == 401 || response.status() == 407;
}

}  // namespace sipharness::dut
