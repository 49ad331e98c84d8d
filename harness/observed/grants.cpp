#include "harness/observed/grants.hpp"

namespace sipharness::observed {

bool is_grant_known(const RegisterAttempt& attempt) {
  return attempt.ok && attempt.granted && attempt.is_grant_said;
}

bool is_accepted_for_nothing(const RegisterAttempt& attempt) {
  const bool asks_for_binding = !attempt.unregister && !attempt.contact.empty();
  return attempt.ok && asks_for_binding && (!attempt.is_listed || !attempt.granted);
}

std::vector<const RegisterAttempt*> find_unknown_grants(const Phone& phone) {
  std::vector<const RegisterAttempt*> found;
  for (const RegisterAttempt& attempt : attempts(phone))
    if (attempt.granted && !is_grant_known(attempt)) found.push_back(&attempt);
  return found;
}

}  // namespace sipharness::observed
