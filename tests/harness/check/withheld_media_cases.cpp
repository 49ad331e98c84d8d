// Calls whose RTP a server withheld: a device that hears nothing hangs up, and what it did then
// says nothing of what came before.

#include <fmt/format.h>

#include "tests/harness/check/midcall_situations.hpp"

namespace sipharness::check_tests {
namespace withheld_media {

using Write = std::function<void(Setting, MessageId call)>;

constexpr std::string_view device = "127.0.0.1";
constexpr std::string_view elsewhere = "10.0.0.9";

std::string description(std::string_view address) {
  return fmt::format(
      "v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
      address);
}

Fields described(std::string_view address) {
  return {.body = description(address), .content_type = "application/sdp"};
}

/// Booted; a call from 5 s on whose description asks for RTP at `media`, over this server, which
/// sends none to 10.0.0.9.
std::function<void(Setting)> talking(trace::ServerRole server, std::string_view media,
                                     const Write& write) {
  return [=](Setting s) {
    booted(s.trace);
    s.trace.at(5s).dial();
    const auto call = s.trace.at(5s).from_device(server).request("INVITE", described(media));
    s.trace.at(8s).to_device(server).response(200, {.to = call});
    s.trace.at(8s).from_device(server).request("ACK", {.in = call});
    s.trace.at(8s).entry(journal::Diverted{std::string(to_string(server)), "RTP",
                                           std::string(elsewhere), std::string(device)});
    write(s, call);
    s.trace.ends(300s);
  };
}

void bye(Setting s, MessageId call, Duration at) {
  s.trace.at(at).from_device(primary).request("BYE", {.in = call});
}

void registration_lost(Setting s, MessageId call) {
  s.trace.at(30s).silent(primary);
  s.trace.retransmissions(s.trace.at(100s).from_device(primary).request("REGISTER"), timer_e);
  bye(s, call, 132s);
}

Write changed(int status) {
  return [=](Setting s, MessageId call) {
    const auto change = reinvite(s, call, 20s, described(elsewhere));
    s.trace.at(20010ms).to_device(primary).response(status, {.to = change});
    bye(s, call, 20100ms);
  };
}

void hung_up_by_its_user(Setting s, MessageId call) {
  s.trace.at(20100ms).hang_up();
  changed(481)(s, call);
}

void changed_into_silence(Setting s, MessageId call) {
  s.trace.at(15s).silent(primary);
  reinvite(s, call, 20s, described(elsewhere));
  bye(s, call, 52s);
}

void described_anew(Setting s, MessageId call) {
  const auto change = reinvite(s, call, 20s, described(device));
  s.trace.at(20010ms).to_device(primary).response(500, {.to = change});
  bye(s, call, 20100ms);
}

void answered_again(Setting s, MessageId call) {
  s.trace.at(10s).to_device(primary).response(200, {.to = call});
  bye(s, call, 10100ms);
}

std::function<void(Setting)> withheld(const Write& write) {
  return talking(primary, elsewhere, write);
}

constexpr auto words =
    "hung up because it heard nothing: its call asked for RTP at 10.0.0.9, where "
    "the primary sends none; --allow-targets 10.0.0.9 lets it";

}  // namespace withheld_media

std::vector<Case> withheld_media_cases() {
  using namespace withheld_media;
  return {
      {"no_media_and_a_lost_registration", "FO-MID-01", inconclusive(words, {19}),
       withheld(registration_lost)},
      {"no_media_but_the_user_hung_up", "RFC3261-DLG-01", Verdict::pass,
       withheld(hung_up_by_its_user)},
      {"media_and_a_lost_registration", "FO-MID-01", warns("BYE of the device", {19}),
       talking(primary, device, registration_lost)},
      {"no_media_and_a_refused_change", "RFC3261-DLG-02", inconclusive(words, {8}),
       withheld(changed(500))},
      {"media_and_a_refused_change", "RFC3261-DLG-02", fails("ended the session", {8}),
       talking(primary, device, described_anew)},
      {"no_media_whatever_a_refused_change_asked_for", "RFC3261-DLG-02", inconclusive(words, {8}),
       withheld(described_anew)},
      {"no_media_and_a_lost_dialog", "RFC3261-DLG-01", inconclusive(words, {8}),
       withheld(changed(481))},
      {"no_media_and_a_change_into_silence", "FO-MID-03", inconclusive(words, {8, 9}),
       withheld(changed_into_silence)},
      {"no_media_and_a_repeated_200", "RFC6026-01", inconclusive(words, {8}),
       withheld(answered_again)},
      {"no_media_and_no_call_when_it_was_needed", "FO-BACK-03",
       inconclusive("a call over the secondary while the primary registers again; the device may",
                    {}),
       withheld([](Setting s, MessageId call) { bye(s, call, 20s); })},
  };
}

}  // namespace sipharness::check_tests
