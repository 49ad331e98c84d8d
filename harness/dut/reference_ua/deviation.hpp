#pragma once
// What the reference UA can do wrong on purpose: each deviation breaks one requirement and says so.
// They are how the self-test proves that a check can fail.

#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sipharness::dut {

/// Every deviation, in the order of the files under deviations/ that name and explain each. The
/// UA's code asks for them by these enumerators, so a new one is a line here and a row there.
enum class Deviation : std::uint8_t {
  // rfc3261/08_merged
  rings_twice_for_one_call,
  // rfc3261/08_own_responses
  rings_without_a_tag,
  rings_with_another_number,
  answers_at_the_other_server,
  answers_without_contact,
  // rfc3261/08_requests
  omits_max_forwards,
  sends_max_forwards_seven,
  writes_branches_without_cookie,
  reuses_the_invite_branch_for_bye,
  claims_tcp_in_via,
  invites_with_two_contacts,
  // rfc3261/08_responses
  takes_responses_for_others,
  seeks_the_unknown_elsewhere,
  is_deaf_to_other_ports,
  // rfc3261/09_cancel
  cancels_before_provisional,
  forgets_to_cancel,
  tags_its_cancels,
  cancels_an_answered_call,
  takes_an_overtaken_ringing_for_the_newer,
  rings_on_after_a_missing_487,
  keeps_an_unwanted_answer,
  goes_on_after_hang_up,
  // rfc3261/10_answers
  hurries_without_margin,
  proposes_two_expiries,
  takes_the_longest_expiry_listed,
  believes_the_expires_header,
  registers_again_at_once,
  insists_on_a_short_expiry,
  refreshes_at_the_other_server,
  routes_by_record_route_of_register,
  repeats_a_forbidden_register,
  ignores_retry_after,
  stars_with_an_expiry,
  renews_when_shut_down,
  goes_without_a_word,
  storms_when_margin_exceeds_expiry,
  registers_anew_for_each_port,
  registers_until_it_is_listed,
  rests_when_granted_nothing,
  // rfc3261/10_register
  names_a_user_in_the_register_uri,
  registers_from_another_address,
  changes_call_id_at_each_register,
  skips_a_cseq_number,
  registers_a_wrong_contact_port,
  refreshes_after_lapse,
  overlaps_register_attempts,
  counts_anew_after_a_restart,
  keeps_its_contact_when_it_moves,
  // rfc3261/12_dialogs
  asks_after_its_bye,
  takes_any_bye,
  ignores_requests_in_its_calls,
  // rfc3261/12_requests
  takes_a_new_tag_for_bye,
  skips_a_number_in_the_dialog,
  forgets_the_second_route,
  takes_a_strict_router_for_loose,
  names_the_callee_in_bye,
  follows_the_returned_primary,
  // rfc3261/13_acknowledgements
  acknowledges_on_the_invites_branch,
  acknowledges_an_answer_once,
  acknowledges_one_of_two_answers,
  // rfc3261/13_answers
  sends_its_200_once,
  rings_only_once,
  forgets_what_it_answered,
  // rfc3261/14_modifications
  keeps_a_lost_dialog,
  gives_up_when_refused,
  retries_at_once_after_491,
  // rfc3261/17_invite
  repeats_after_a_provisional,
  acknowledges_an_error_once,
  acknowledges_errors_without_their_tag,
  // rfc3261/17_non_invite
  rests_after_a_provisional,
  registers_at_a_repeated_answer,
  // rfc3261/17_server
  never_caps_timer_g,
  repeats_a_refusal_past_timer_h,
  repeats_a_refusal_despite_its_ack,
  changes_repeated_answers,
  leaves_a_caller_without_a_word,
  // rfc3261/17_transactions
  changes_retransmissions,
  caps_timer_a_at_t2,
  keeps_sending_invite_past_timer_b,
  never_caps_timer_e,
  keeps_sending_past_timer_f,
  // rfc3261/18_size
  sends_a_large_invite_by_udp,
  // rfc3261/19_tags
  repeats_its_tags,
  // rfc3261/22_authentication
  takes_a_new_from_tag_for_the_retry,
  answers_a_first_407_in_authorization,
  insists_on_rejected_credentials,
  acknowledges_without_credentials,
  insists_on_the_nonce_of_the_other_server,
  answers_a_challenge_elsewhere,
  // rfc_others/rfc3262_reliability
  never_sends_prack,
  acknowledges_another_provisional,
  // rfc_others/rfc3263_failover
  pauses_long_before_fallback,
  sends_same_branch_at_both_servers,
  asks_for_no_srv,
  takes_srv_targets_backwards,
  stays_at_the_first_machine,
  // rfc_others/rfc3581_ports
  omits_rport,
  answers_where_via_says,
  // rfc_others/rfc3608_service_route
  keeps_the_route_of_the_first_server,
  // rfc_others/rfc3842_message_waiting
  accepts_no_message_summary,
  // rfc_others/rfc4028_sessions
  refreshes_sessions_late,
  outlives_its_session,
  insists_on_a_short_session,
  moves_its_refresh_to_the_secondary,
  // rfc_others/rfc6665_subscription
  never_refreshes_subscriptions,
  refuses_early_notifies,
  believes_a_subscription_without_notify,
  ignores_retry_after_of_notify,
  repeats_a_bad_event,
  subscribes_anew_to_refresh,
  // rfc_others/rfc7616_digest
  leaves_digest_uri_unquoted,
  never_counts_nonce_uses,
  takes_stale_for_a_refusal,
  prefers_the_last_challenge,
  keeps_a_spent_nonce,
  // guide/authentication
  dials_only_after_a_challenge,
  takes_a_first_challenge_for_a_failure,
  // guide/calls
  calls_secondary_first,
  calls_secondary_beside_primary,
  never_falls_back,
  insists_on_lost_primary,
  sends_bye_to_primary,
  dials_late_while_secondary_is_down,
  // guide/configuration
  tries_the_default_port_too,
  // guide/incoming
  turns_secondary_callers_away,
  answers_to_a_live_primary_alone,
  // guide/registration
  counts_expiration_in_seconds,
  registers_only_at_primary,
  drops_the_secondary_again,
  one_server_holds_up_the_other,
  refreshes_only_at_primary,
  refreshes_late,
  neglects_secondary_while_primary_is_down,
  gives_up_on_a_failed_primary,
  registers_another_user_at_secondary,
  starts_late_at_the_secondary,
  // guide/subscription
  subscribes_at_the_primary_only,
  subscribes_mwi_at_both,
  refuses_notifies_of_the_secondary,
  drops_subscriptions_with_the_primary,
  // failover/answers
  shuns_after_bare_503,
  leaves_a_slow_primary,
  gives_up_at_503,
  seeks_the_busy_elsewhere,
  // failover/detection
  ignores_failed_refresh,
  notices_silent_primary_late,
  falls_back_before_repeating,
  hesitates_before_fallback,
  // failover/late
  hangs_up_at_a_late_answer,
  ends_a_late_answer_late,
  never_cancels_late,
  never_acknowledges_late_errors,
  ignores_late_answers_and_their_bye,
  // failover/legs
  calls_secondary_while_primary_is_tried,
  keeps_both_answers,
  keeps_both_forks,
  // failover/midcall
  hangs_up_with_its_registration,
  tells_the_other_server_too,
  keeps_a_silent_dialog,
  // failover/recovery
  skips_a_refresh,
  returns_to_the_primary_late,
  deaf_after_refresh,
  hammers_a_closed_port,
  waits_twice_as_long_each_time,
  subscribes_at_once_when_refused,
  registers_at_once_when_refused,
  // failover/return
  turns_away_after_one_call,
  returns_one_call_late,
  drops_the_call_on_return,
  tries_a_third_round,
  floods_registers_on_return,
  takes_loss_for_silence,
  takes_late_for_lost,
  // failover/streams
  repeats_over_streams,
  insists_on_a_refused_connection,
  waits_for_the_connection,
  reconnects_after_delay,
  sends_into_a_reset_connection,
  is_deaf_after_a_fin,
  // failover/transport
  drops_the_call_at_icmp,
  is_deaf_to_icmp,
  // always/always_told
  dies_at_first_call,
  dies_at_a_broken_answer,
  restarts_by_itself,
  sends_garbage,
  uses_a_slower_t1,
  asks_for_double_expiration,
  uses_tcp_against_profile,
  count  ///< how many there are; no deviation
};

using DeviationSet = std::bitset<static_cast<std::size_t>(Deviation::count)>;

struct DeviationRow {
  Deviation id;
  std::string_view name;                   ///< as --deviate takes it
  std::string_view what;                   ///< one sentence
  std::string_view breaks;                 ///< the requirement it must fail (or warn) on
  std::vector<std::string_view> may_also;  ///< requirements that may follow suit
  std::string_view scenario;               ///< where the self-test shows it, by full name
};

/// In the order of the enumeration.
std::span<const DeviationRow> deviations();
const DeviationRow* find_deviation(std::string_view name);

inline bool has(const DeviationSet& set, Deviation deviation) {
  return set.test(static_cast<std::size_t>(deviation));
}

}  // namespace sipharness::dut
