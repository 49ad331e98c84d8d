#include "harness/dut/reference_ua/timing_policy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/sip/message.hpp"

namespace sipharness::dut {
namespace {

constexpr Duration late_refresh_delay = 5s;
constexpr Duration just_after = 300ms;
constexpr Duration long_rest = 5min;

/// A header more, so that the message is not the same again.
std::string count_transmission(std::string message, int transmission) {
  const std::size_t line_end = message.find("\r\n");
  if (line_end == std::string::npos) return message;
  message.insert(line_end + 2, fmt::format("X-Transmission: {}\r\n", transmission + 1));
  return message;
}

/// INVITE has Timer G for its answers; this is for the others.
std::string count_answer(std::string message, int transmission) {
  if (sip::MessageView::parse(message).method() == sip::Method::invite) return message;
  return count_transmission(std::move(message), transmission);
}

}  // namespace

Duration refresh_delay(Duration granted, const scenario::Profile& profile,
                       const DeviationSet& deviations) {
  if (has(deviations, Deviation::refreshes_after_lapse)) return granted + just_after;
  // policy: with Reregister before Expiration not used, refresh_margin keeps the binding alive.
  const Duration before =
      profile.reregister_margin() > 0s ? profile.reregister_margin() : profile.refresh_margin;
  if (has(deviations, Deviation::hurries_without_margin) && profile.reregister_margin() == 0s)
    return granted * 3 / 10;
  if (has(deviations, Deviation::storms_when_margin_exceeds_expiry) && before >= granted) return 1s;
  // policy: a margin that does not fit into the grant makes it half the grant (AMB-6).
  const Duration regular = before < granted ? granted - before : granted / 2;
  return has(deviations, Deviation::refreshes_late) ? regular + late_refresh_delay : regular;
}

Duration wait_after_failure(Duration regular, int failures, ServerRole at,
                            const DeviationSet& deviations) {
  if (has(deviations, Deviation::returns_to_the_primary_late) && at == ServerRole::primary)
    return long_rest;
  if (has(deviations, Deviation::waits_twice_as_long_each_time))
    return regular * (1 << std::min(failures, 6));
  return regular;
}

sip::ClientQuirks client_quirks(const scenario::Profile& profile, const DeviationSet& deviations) {
  sip::ClientQuirks quirks;
  quirks.max_retransmissions = profile.max_request_retries;
  quirks.cap_timer_a = has(deviations, Deviation::caps_timer_a_at_t2);
  quirks.uncap_timer_e = has(deviations, Deviation::never_caps_timer_e);
  quirks.resend_after_provisional = has(deviations, Deviation::repeats_after_a_provisional);
  quirks.ack_only_once = has(deviations, Deviation::acknowledges_an_error_once);
  if (has(deviations, Deviation::keeps_sending_invite_past_timer_b)) quirks.give_up_factor = 2.05;
  if (has(deviations, Deviation::keeps_sending_past_timer_f)) quirks.give_up_factor = 1.2;
  if (has(deviations, Deviation::notices_silent_primary_late)) quirks.give_up_factor = 1.5;
  if (has(deviations, Deviation::takes_late_for_lost)) quirks.give_up_factor = 0.04;
  if (has(deviations, Deviation::uses_a_slower_t1)) quirks.interval_scale = 1.5;
  quirks.rest_after_provisional = has(deviations, Deviation::rests_after_a_provisional);
  quirks.forget_when_answered = has(deviations, Deviation::registers_at_a_repeated_answer);
  quirks.deliver_overtaken = has(deviations, Deviation::takes_an_overtaken_ringing_for_the_newer);
  quirks.resend_on_streams = has(deviations, Deviation::repeats_over_streams);
  if (has(deviations, Deviation::waits_for_the_connection)) quirks.give_up_factor = 4;
  if (has(deviations, Deviation::changes_retransmissions))
    quirks.alter_retransmission = count_transmission;
  return quirks;
}

sip::ServerQuirks server_quirks(const DeviationSet& deviations) {
  sip::ServerQuirks quirks;
  quirks.uncap_timer_g = has(deviations, Deviation::never_caps_timer_g);
  quirks.ignore_ack = has(deviations, Deviation::repeats_a_refusal_despite_its_ack);
  quirks.forget_when_answered = has(deviations, Deviation::forgets_what_it_answered);
  if (has(deviations, Deviation::repeats_a_refusal_past_timer_h)) quirks.give_up_factor = 1.2;
  if (has(deviations, Deviation::changes_repeated_answers))
    quirks.alter_retransmission = count_answer;
  return quirks;
}

std::optional<Duration> invite_timeout(const scenario::Profile& profile,
                                       const DeviationSet& deviations, ServerRole at) {
  if (at == ServerRole::secondary) return std::nullopt;
  if (has(deviations, Deviation::keeps_sending_invite_past_timer_b))
    return profile.timers.sixty_four_t1();
  if (has(deviations, Deviation::calls_secondary_while_primary_is_tried))
    return 16 * profile.timers.t1;
  if (has(deviations, Deviation::leaves_a_slow_primary)) return 4 * profile.timers.t1;
  if (has(deviations, Deviation::falls_back_before_repeating) ||
      has(deviations, Deviation::takes_loss_for_silence))
    return profile.timers.t1 / 2;
  return std::nullopt;
}

Duration pause_before_fallback(const DeviationSet& deviations) {
  if (has(deviations, Deviation::hesitates_before_fallback)) return 1s;
  if (has(deviations, Deviation::pauses_long_before_fallback)) return 10s;
  return 0s;
}

}  // namespace sipharness::dut
