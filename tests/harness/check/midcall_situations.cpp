#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {

using test_support::Fields;
using test_support::MessageId;

MessageId call_up(Setting s, bool incoming, const Fields& answer) {
  booted(s.trace);
  const auto caller = [&](Duration at) -> TraceBuilder& {
    return incoming ? s.trace.at(at).to_device(primary) : s.trace.at(at).from_device(primary);
  };
  const auto callee = [&](Duration at) -> TraceBuilder& {
    return incoming ? s.trace.at(at).from_device(primary) : s.trace.at(at).to_device(primary);
  };
  if (!incoming) s.trace.at(5s).dial();
  const MessageId invite = caller(5s).request("INVITE");
  Fields ok = answer;
  ok.to = invite;
  callee(8s).response(200, ok);
  caller(8s).request("ACK", {.in = invite});
  return invite;
}

MessageId reinvite(Setting s, MessageId call, Duration at, const Fields& fields) {
  Fields in_call = fields;
  in_call.in = call;
  return s.trace.at(at).from_device(primary).request("INVITE", in_call);
}

}  // namespace sipharness::check_tests
