#pragma once
// Who gave out which nonce, and which realms each server challenges for.
// @source RFC 3261 §22.1 (realm and server make the protection space)

#include <string>

#include "harness/observed/challenges.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// A nonce as a challenge gave it out.
struct GivenNonce {
  const Challenged* challenge = nullptr;
  const Offer* offer = nullptr;
};

/// The first challenge with the nonce, of any server; null: none was seen.
const GivenNonce* given_nonce(const Phone& phone, const std::string& nonce);
/// `server` gave the nonce out in a message before `before`.
bool gave_nonce(const Phone& phone, ServerRole server, const std::string& nonce,
                std::size_t before);

/// `server` challenged for the realm.
bool challenges_for(const Phone& phone, ServerRole server, const std::string& realm);
/// The device answered a challenge of `server` for the realm.
bool has_answered_for(const Phone& phone, ServerRole server, const std::string& realm);

/// The refused request tried a nonce that the server had not given out.
bool tried_foreign_nonce(const Phone& phone, const Challenged& last);

}  // namespace sipharness::observed
