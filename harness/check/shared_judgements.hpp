#pragma once
// Judgements that several checks share.

#include <string>

#include "harness/check/judge.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {

/// Judges that nothing of `invite` was sent again after `response`, a provisional one. Nothing, if
/// no further transmission was due while it stood. `it` is about the INVITE.
void judge_rest(const Phone& phone, const Transaction& invite, std::size_t response,
                Occurrence& it);

/// Behind a NAT the server sees another address than the device wrote: inconclusive where the
/// capture was taken there.
bool may_be_changed_by_nat(const Phone& phone, Judge& judge);

}  // namespace sipharness::check
