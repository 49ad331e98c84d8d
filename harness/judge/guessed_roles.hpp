#pragma once
// No verdict stands on guessed roles. Where the traffic allows other roles than those taken
// (Trace::other_roles), everything is judged with these too, and a finding that turns round (fails
// or warns with the ones and not with the others) is inconclusive, blames the user and names the
// option that settles it.
//  1. Where the traffic speaks for the roles taken, a failure stands: the other way round the
//     device breaks another requirement. What passes does not stand.
//  2. Where the other roles make a device of what was taken for a server, nothing that was said of
//     the one taken for the device stands unless it is said of both.

#include <optional>
#include <string>
#include <vector>

#include "harness/check/checks.hpp"
#include "harness/judge/amendment.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::judge {

/// For each of the other roles. The trace is as it was afterwards.
std::vector<Amendment> settle_roles(trace::Trace& trace, const scenario::Profile& profile,
                                    const check::JudgeOptions& options,
                                    const std::optional<trace::Tested>& tested);

/// Two devices that register one account cannot both be the one under test: no verdict on either
/// stands where they cannot be told apart, or where it is `account` that is under test.
std::vector<Amendment> withdraw_from_shared_accounts(const trace::Trace& trace,
                                                     const std::optional<trace::Tested>& tested);

/// The accounts that registered, each once, in their order.
std::vector<std::string> accounts_in(const trace::Trace& trace);

/// Where any account would do, the first that registered is a guess, which a note says. Where
/// others registered too, in the run or its control runs (in the result already), the device under
/// test may be any of them: no verdict stands.
struct GuessedAccount {
  std::string note{};             ///< or empty
  std::string why_none_stands{};  ///< or empty
};
GuessedAccount guessed_account(const verdict::Result& result, const trace::Trace& trace,
                               const std::optional<trace::Tested>& tested);

/// A device whose profile claims the guide has two servers: where one was seen, its redundancy is
/// not known. It is for `profile` that the user gave.
std::vector<Amendment> require_both_servers(const trace::Trace& trace,
                                            const scenario::Profile& profile);

}  // namespace sipharness::judge
