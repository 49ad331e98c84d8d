#pragma once
// Judgements that several checks share.

#include <string>

#include "harness/check/judge.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {

/// Judges that nothing of `invite` was sent again after `response`, a provisional one. Nothing, if
/// no further transmission was due while it stood.
void judge_rest(const Phone& phone, Judge& judge, const Transaction& invite, std::size_t response);

}  // namespace sipharness::check
