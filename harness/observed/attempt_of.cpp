#include "harness/observed/attempt_of.hpp"

#include <unordered_map>

namespace sipharness::observed {
namespace {

using AttemptsByTransaction = std::unordered_map<const Transaction*, const RegisterAttempt*>;

AttemptsByTransaction find_attempts_by_transaction(const Phone& phone) {
  AttemptsByTransaction found;
  for (const RegisterAttempt& attempt : attempts(phone))
    for (const std::size_t transaction : attempt.transactions)
      found.emplace(&transactions(phone)[transaction], &attempt);
  return found;
}

}  // namespace

const RegisterAttempt* attempt_of(const Phone& phone, const Transaction& transaction) {
  const AttemptsByTransaction& known = phone.derived<find_attempts_by_transaction>();
  const auto found = known.find(&transaction);
  return found == known.end() ? nullptr : found->second;
}

}  // namespace sipharness::observed
