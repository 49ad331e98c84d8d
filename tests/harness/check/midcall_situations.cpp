#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {

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

MessageId hung_up(Setting s, const Offsets& copies) {
  const MessageId call = call_up(s, false);
  s.trace.at(30s).silent(primary);
  s.trace.at(40s).hang_up();
  const MessageId bye = s.trace.at(40s).from_device(primary).request("BYE", {.in = call});
  s.trace.retransmissions(bye, copies);
  s.trace.ends(120s);
  return call;
}

std::function<void(Setting)> into_silence(const Offsets& copies) {
  return [=](Setting s) { hung_up(s, copies); };
}

void hung_up_in_peace(Setting s) {
  const MessageId call = call_up(s, false);
  s.trace.at(40s).hang_up();
  const MessageId bye = s.trace.at(40s).from_device(primary).request("BYE", {.in = call});
  s.trace.at(40010ms).to_device(primary).response(200, {.to = bye});
  s.trace.ends(120s);
}

}  // namespace sipharness::check_tests
