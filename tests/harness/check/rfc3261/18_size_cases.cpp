// Large requests, and what the change to TCP means to requirements of other families.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_18_size {

/// A call whose INVITE has `size` bytes of body.
std::function<void(Setting)> call_of_size(std::size_t size, Transport transport) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    s.trace.at(7s).dial();
    s.trace.over(transport);
    if (transport == Transport::tcp)
      s.trace.at(6900ms).from_device(primary).stream_event(capture::StreamEvent::syn);
    s.trace.complete_call(primary, 7s,
                          {.body = std::string(size, 'x'), .content_type = "text/plain"});
  };
}

void silent_device(Setting s) {
  s.trace.at(1s).to_device(primary).request("OPTIONS");
}

}  // namespace rfc3261_18_size

std::vector<Case> rfc3261_18_size_cases() {
  using namespace rfc3261_18_size;
  return {
      {"small", "RFC3261-GEN-11", Verdict::pass, call_of_size(200, Transport::udp)},
      {"large_by_udp", "RFC3261-GEN-11", warns("of 1635 bytes over UDP", {5}),
       call_of_size(1300, Transport::udp)},
      {"trap_10_large_by_tcp", "RFC3261-GEN-11", Verdict::pass, call_of_size(1300, Transport::tcp)},
      {"large_by_udp_after_a_reset", "RFC3261-GEN-11", Verdict::pass,
       [](Setting s) {
         s.trace.over(Transport::tcp).at(6s).from_device(primary);
         s.trace.stream_event(capture::StreamEvent::syn);
         s.trace.at(6001ms).to_device(primary).stream_event(capture::StreamEvent::reset);
         call_of_size(1300, Transport::udp)(s);
       }},
      {"silent_device", "RFC3261-GEN-11", needs("a request of the device"), silent_device},
      {"trap_10_large_invite_came_by_tcp", "GRP-CALL-01", Verdict::pass,
       call_of_size(1300, Transport::tcp)},
      {"trap_10_large_invite_came_by_tcp", "GRP-CALL-02", Verdict::pass,
       call_of_size(1300, Transport::tcp)},
      {"trap_10_large_invite_came_by_tcp", "PROFILE-TRANSPORT", Verdict::pass,
       call_of_size(1300, Transport::tcp)},
  };
}

}  // namespace sipharness::check_tests
