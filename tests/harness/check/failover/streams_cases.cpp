// Calls over streams, and what a refused or hanging connection means to other requirements.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace failover_streams {

using capture::StreamEvent;

/// The device's next messages to that server come from this port.
TraceBuilder& on_stream(Setting s, trace::ServerRole server, Duration at, std::uint16_t port) {
  s.trace.over(Transport::tcp)
      .device("1001", {IpAddress::v4({127, 0, 0, 1}), port})
      .at(at)
      .from_device(server);
  return s.trace;
}

/// A SYN and, after `answer`, what came back, if anything.
void connect(Setting s, Duration at, std::uint16_t port,
             std::optional<StreamEvent> answer = StreamEvent::established) {
  on_stream(s, primary, at, port).stream_event(StreamEvent::syn);
  if (!answer) return;
  s.trace.at(at + 1ms).to_device(primary).stream_event(*answer);
}

/// Both registered over TCP; the device connects to the primary for a call at 35 s and gets
/// `answer`; the call is at the secondary `moved` after the SYN.
std::function<void(Setting)> no_connection(std::optional<StreamEvent> answer,
                                           std::optional<Duration> moved) {
  return [=](Setting s) {
    s.profile.transport = Transport::tcp;
    on_stream(s, primary, 0s, 40001);
    s.trace.registration(primary, 0s);
    on_stream(s, secondary, 0s, 40002);
    s.trace.registration(secondary, 0s);
    s.trace.at(30s).close_port(primary);
    s.trace.at(35s).dial();
    connect(s, 35s, 40003, answer);
    if (!answer)
      for (const Duration copy : {36s, 38s, 42s, 50s, 66s})
        on_stream(s, primary, copy, 40003).stream_event(StreamEvent::syn_copy);
    on_stream(s, secondary, 0s, 40002);
    if (moved) s.trace.complete_call(secondary, 35s + *moved);
    s.trace.ends(140s);
  };
}

/// A call over a stream to the primary; what the primary says, and when the secondary is tried.
std::function<void(Setting)> call_over_stream(std::optional<Duration> answered,
                                              std::optional<Duration> moved,
                                              std::vector<Duration> repeats = {}) {
  return [=](Setting s) {
    s.profile.transport = Transport::tcp;
    on_stream(s, secondary, 0s, 40002);
    s.trace.registration(secondary, 0s);
    on_stream(s, primary, 0s, 40001);
    s.trace.registration(primary, 0s);
    s.trace.at(35s).dial();
    const auto invite = s.trace.at(35s).from_device(primary).request("INVITE");
    s.trace.retransmissions(invite, repeats);
    if (answered) s.trace.at(35s + *answered).to_device(primary).response(180, {.to = invite});
    on_stream(s, secondary, 0s, 40002);
    if (moved) s.trace.complete_call(secondary, 35s + *moved);
    s.trace.ends(140s);
  };
}

/// The INVITE at 35 s draws a reset at 60 s; the next INVITE comes `again` later, if at all.
std::function<void(Setting)> half_open(std::optional<Duration> again, trace::ServerRole where) {
  return [=](Setting s) {
    call_over_stream({}, {})(s);
    s.trace.device("1001", {IpAddress::v4({127, 0, 0, 1}), 40001}).over(Transport::tcp);
    s.trace.at(60s).to_device(primary).stream_event(StreamEvent::reset);
    if (again) {
      on_stream(s, where, 60s, 40005);
      s.trace.complete_call(where, 60s + *again);
    }
    s.trace.ends(140s);
  };
}

void over_udp(Setting s) {
  registrations(s.trace, 0s);
  s.trace.complete_call(primary, 7s);
}

/// Refused connections at these times, none of them for a call.
std::function<void(Setting)> refused_at(std::vector<Duration> times) {
  return [=](Setting s) {
    std::uint16_t port = 40100;
    for (const Duration at : times) connect(s, at, ++port, StreamEvent::reset);
    s.trace.ends(300s);
  };
}

std::vector<Case> refused_connection_cases() {
  const std::optional<StreamEvent> refused = StreamEvent::reset;
  return {
      {"next_server_at_once", "FO-TCP-RST", Verdict::pass, no_connection(refused, 10ms)},
      {"next_server_late", "FO-TCP-RST", warns("refused the connection: 4.999 s", {5, 6, 7}),
       no_connection(refused, 5s)},
      {"no_next_server", "FO-TCP-RST", warns("refused the connection: never", {5, 6}),
       no_connection(refused, {})},
      {"foreign_and_refused_long_before", "FO-TCP-RST",
       needs("a call whose connection to the primary is refused"),
       foreign(no_connection(refused, 8s))},
      {"foreign_and_refused_just_before", "FO-TCP-RST", Verdict::pass,
       foreign(no_connection(refused, 100ms))},
      {"over_udp", "FO-TCP-RST", needs("a call whose connection to the primary is refused"),
       over_udp},
  };
}

std::vector<Case> stream_cases() {
  const std::optional<StreamEvent> refused = StreamEvent::reset;
  const std::optional<StreamEvent> nothing;
  return {
      {"at_timer_b", "FO-TCP-SYN", Verdict::pass, no_connection(nothing, 32s)},
      {"sooner", "FO-TCP-SYN", Verdict::pass, no_connection(nothing, 10s)},
      {"when_the_stack_gives_up", "FO-TCP-SYN",
       fails("after 6 SYNs to the primary: 63.000 s", {5, 10, 11}), no_connection(nothing, 63s)},
      {"over_udp", "FO-TCP-SYN", needs("a call whose connection to the primary is never answered"),
       over_udp},
      {"connection_hangs", "RFC3261-TIMER-B-REL", Verdict::pass, no_connection(nothing, 32s)},
      {"hangs_too_long", "RFC3261-TIMER-B-REL",
       fails("without a connection given up for the next server: 63.000 s", {5, 10, 11}),
       no_connection(nothing, 63s)},
      {"silent", "RFC3261-TIMER-B-REL", Verdict::pass, call_over_stream({}, 32s)},
      {"silent_for_too_long", "RFC3261-TIMER-B-REL",
       fails("over a stream given up for the next server: 60.000 s", {5, 6}),
       call_over_stream({}, 60s)},
      {"silent_for_ever", "RFC3261-TIMER-B-REL",
       fails("no next server after an unanswered INVITE", {5}), call_over_stream({}, {})},
      {"repeated_over_tcp", "RFC3261-TIMER-B-REL",
       fails("INVITE sent 3 times over a stream", {5, 6, 7}),
       call_over_stream({}, 32s, {500ms, 1500ms})},
      {"slow_answer", "RFC3261-TIMER-B-REL", Verdict::pass, call_over_stream(3s, {})},
      {"over_udp", "RFC3261-TIMER-B-REL", needs("an INVITE over a stream"), over_udp},
      {"another_connection", "FO-TCP-HALF", Verdict::pass, half_open(10ms, primary)},
      {"the_next_server", "FO-TCP-HALF", Verdict::pass, half_open(10ms, secondary)},
      {"too_late", "FO-TCP-HALF",
       warns("after the reset of a half-open connection: 5.000 s", {5, 7}), half_open(5s, primary)},
      {"hangs", "FO-TCP-HALF", warns("hangs on a connection that was reset", {5}),
       half_open({}, primary)},
      {"over_udp", "FO-TCP-HALF", needs("an INVITE into a connection"), over_udp},
      {"counted", "FO-TCP-REUSE", info("2 requests to the primary over 1 connection", {2}),
       call_over_stream(1s, {})},
      {"over_udp", "FO-TCP-REUSE", needs("a request of the device over a stream"), over_udp},
      {"could_not_start_at_the_primary", "GRP-CALL-01",
       needs("a call while the primary is registered"), no_connection(refused, 10ms)},
      {"refused_connection_moves_the_call", "RFC3263-01", Verdict::pass,
       no_connection(refused, 10ms)},
      {"refused_connection_ends_the_call", "RFC3261-GEN-10",
       fails("the call ended at a transport error", {5, 6}), no_connection(refused, {})},
      {"hanging_connection_is_left_at_timer_b", "FO-T1ST", Verdict::pass,
       no_connection(nothing, 32s)},
      {"refused_connections_are_spaced", "FO-HERD-01", Verdict::pass,
       refused_at({10s, 30s, 50s, 70s, 90s})},
      {"refused_connections_come_at_once", "FO-HERD-01",
       warns("5 connections refused by the primary", {1, 2}),
       refused_at({10s, 11s, 12s, 13s, 14s})},
  };
}

}  // namespace failover_streams

std::vector<Case> failover_streams_cases() {
  using namespace failover_streams;
  std::vector<Case> all = refused_connection_cases();
  for (Case& one : stream_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
