#pragma once
// Asks for credentials and looks at them: the authentication of one server.
//  1. A request passes with credentials for the realm, under a nonce this server gave out, that
//     prove the password of an account. A rule that says stale takes only nonces given out as
//     stale.
//  2. Right credentials under a nonce not ours draw stale=true, wrong ones a plain new challenge.
//  3. Where an account may be any (user "*"), so may the name to prove with.
//  4. Without a password to compare with, knowing the nonce is enough.
//  5. A challenge for several algorithms has a header for each, topmost first, and one nonce; the
//     answer to any of them is good. A rule that admits nobody rejects the best credentials.
//  6. A nonce that is spent counts as one that is not ours.
// @source RFC 3261 §22; RFC 7616 §3.3, §3.4, §3.5, §3.7; RFC 8760 §2.4

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fake_servers/recent_map.hpp"
#include "fake_servers/server_core.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

class Challenger {
 public:
  Challenger(ServerCore& core, const std::vector<sipharness::scenario::Account>& accounts);

  /// True if `transaction` may go on; else it has been answered with a challenge.
  bool admits(ServerTransaction& transaction, const sipharness::scenario::ChallengeWith& challenge);
  /// Spends the nonce that was admitted last; the Authentication-Info that tells the next one.
  std::string next_nonce();

 private:
  enum class CredentialStatus : std::uint8_t { none, stale, valid };

  CredentialStatus examine(const MessageView& request,
                           const sipharness::scenario::ChallengeWith& rule);
  CredentialStatus examine(const sipharness::sip::Credentials& credentials,
                           const MessageView& request,
                           const sipharness::scenario::ChallengeWith& rule);
  bool knows(const std::string& user) const;
  const std::string& realm_of(const sipharness::scenario::ChallengeWith& rule) const;

  ServerCore& core_;
  std::set<std::string, std::less<>> users_;
  std::optional<std::string> password_;
  struct GivenNonce {
    bool as_stale = false;
    bool is_spent = false;
  };
  RecentMap<std::string, GivenNonce> nonces_;
  std::string admitted_;  ///< nonce of the credentials that were good last
};

}  // namespace fake_servers
