#pragma once
// Challenges and the credentials that answer them, as a trace shows them.
// @source RFC 3261 §22; RFC 7616 §3.3, §3.4; RFC 8760 §2.4

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/auth/digest.hpp"

namespace sipharness::observed {

/// One Digest challenge of a 401 or 407, also of an algorithm that is not known here.
struct Offer {
  std::string realm;
  std::string nonce;
  std::string algorithm = "MD5";  ///< as written; MD5 where none is
  bool has_qop = false;
  bool can_answer_qop = true;  ///< no qop, or one that has "auth"
  bool stale = false;

  bool is(sip::DigestAlgorithm wanted) const;
};

/// In the order of the message.
std::vector<Offer> offers_in(const sip::MessageView& response);

/// A request of the device that drew 401 or 407, and the next request of its kind that goes on with
/// it: with the same Call-ID, or under a nonce of the challenge.
struct Challenged {
  const Transaction* refused = nullptr;
  const Transaction* retry = nullptr;  ///< null: there is none
  const Message* challenge = nullptr;
  std::vector<Offer> offers;     ///< never empty
  bool had_credentials = false;  ///< the request carried some for a realm of the challenge
  bool is_rejection = false;  ///< these answered a challenge just made, and it does not say stale
  /// The request refused was itself the answer to a stale=true: to try once more is nobody's duty.
  bool is_stale_again = false;
  /// Of a rejection: the next request of the kind with credentials for that realm; null: none.
  const Transaction* repeated = nullptr;

  bool is_stale() const { return had_credentials && offers.front().stale; }
  /// The header that must carry the answer.
  sip::HeaderId answer_header() const;
  const Offer* offer_of(const std::string& nonce) const;
};

std::vector<Challenged> find_challenges(const Phone& phone);
/// In the order of the challenges.
inline const std::vector<Challenged>& challenges(const Phone& phone) {
  return phone.derived<find_challenges>();
}

/// The challenge that a request drew; null if it drew none.
const Challenged* challenge_of(const Phone& phone, const Transaction& refused);

/// One of these requests, which are indices into the transactions, drew a challenge.
bool has_challenge(const Phone& phone, const std::vector<std::size_t>& chain);
/// The challenge that ended a chain of requests, as nothing answered it; null: none did.
const Challenged* challenge_that_ended(const Phone& phone, const std::vector<std::size_t>& chain);

/// The challenge, the request, and the retry that answers it.
Evidence evidence_of(const Phone& phone, const Challenged& one);

/// The retry is the answer to the challenge: it comes at once, or with its Call-ID under a nonce of
/// it.
bool is_answered(const Phone& phone, const Challenged& one);
/// The same, and at once.
bool is_answered_at_once(const Phone& phone, const Challenged& one);

/// Whether the device had reason and time to answer: the challenge is one that every device can
/// answer, the request was still wanted, and the capture shows what came of it.
enum class AnswerDue : std::uint8_t { no, with_a_password, yes };

/// `with_a_password`: if it has one, which neither profile nor capture tells.
AnswerDue answer_due(const Phone& phone, const Challenged& one);
inline bool must_be_answered(const Phone& phone, const Challenged& one) {
  return answer_due(phone, one) == AnswerDue::yes;
}

/// What else than credentials, CSeq and branch the device changed; nothing if all is kept.
std::optional<std::string> changed_part(const sip::MessageView& before,
                                        const sip::MessageView& now);

/// When the device may have heard of the challenge: where it was not captured, its first copies may
/// have been lost on the way.
CaptureTime heard_before(const Phone& phone, const Challenged& one, CaptureTime retry);

/// The last challenge of a registration attempt.
const Challenged* last_challenge(const Phone& phone, const RegisterAttempt& attempt);

/// The INVITE by which a call whose credentials were rejected went to the other server.
const Leg* leg_elsewhere(const Phone& phone, const Challenged& rejected);

}  // namespace sipharness::observed
