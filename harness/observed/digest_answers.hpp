#pragma once
// What a phone made of the challenges that it answered: the form of its credentials, the nonce
// under which they stand, the challenge it chose. @source RFC 7616 §3.3, §3.4; RFC 8760 §2.4

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/observed/challenges.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/next_nonces.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// What is wrong with the form of `credentials`; `offer` is the challenge they answer, if it was
/// seen.
std::optional<std::string> flaw_in(const sip::Credentials& credentials, const Offer* offer);

bool can_be_verified(const sip::Credentials& credentials);

/// The server said that it does not take these credentials; any other answer says nothing of them.
bool was_rejected(const Phone& phone, const Transaction& transaction);

/// `now` follows `before`: every number between was used at the other server, or by an ACK.
bool follows(const NonceUses& uses, std::uint32_t before, std::uint32_t now);

/// A capture that began in the device's life need not show where a nonce comes from.
bool may_be_used_before(const Phone& phone, const NonceUses& uses);

/// What is wrong with the answer to a stale nonce; nothing if it is right.
std::optional<std::string> flaw_in_renewal(const Phone& phone, const Challenged& stale);

/// Which of the offers the retry answers; nothing if none.
std::optional<std::size_t> chosen_offer(const Phone& phone, const Challenged& one);

/// More than what every device had before RFC 8760: one MD5 challenge.
bool is_choice(const Challenged& one);

bool was_challenged_since(const Phone& phone, const NextNonce& one, const std::string& nonce);

/// By a 2xx so shortly before the credentials that they need not heed it, and may.
bool was_named_since(const Phone& phone, const NextNonce& one, const std::string& nonce);

/// An offer for SHA-256 with the same realm stands above the chosen one.
bool passes_over_sha256(const Challenged& one, std::size_t chosen);

}  // namespace sipharness::observed
