#pragma once
// Judgements that several checks share.

#include <string>

#include "harness/check/judge.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::check {

/// GRP-REG-05 for one refresh.
void judge_refresh_period(const Phone& phone, Judge& judge, const Refresh& refresh);

/// `violated`, if the capture shows what the device received; elsewhere the message that it should
/// have heeded, or its reaction, may have been lost on the way.
void violated_unless_lost(const Phone& phone, Judge& judge, const Evidence& evidence,
                          const std::string& message);

/// Judges that nothing of `invite` was sent again after `response`, a provisional one. Nothing, if
/// no further transmission was due while it stood.
void judge_rest(const Phone& phone, Judge& judge, const Transaction& invite, std::size_t response);

}  // namespace sipharness::check
