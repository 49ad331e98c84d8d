// Session timers: who refreshes a call, when, and what ends it if nobody does.
// @source RFC 4028 §7.2, §7.3, §9, §10

#include <algorithm>

#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/session_intervals.hpp"
#include "harness/sip/session_expires.hpp"

namespace sipharness::check {
namespace {

// --- Refreshes -----------------------------------------------------------------------------------

void device_refreshes_at_half(const Phone& phone, const SessionInterval& interval, Occurrence& it) {
  if (!interval.by_device) return;
  const auto tolerance = registration_tolerance(phone, interval.expires);
  const Duration half = interval.expires / 2;
  const CaptureTime latest = interval.from + half + tolerance.value;
  if (phone.trace.last <= latest || was_cut_short(phone, interval, latest)) return;
  const bool is_over = interval.dialog->ended && interval.until == *interval.dialog->ended;
  if ((is_over || interval.was_changed_by_far_end) && interval.until <= latest) return;
  if (left_open_if_gone(phone, interval.from + half, "a session that the device had to refresh",
                        it))
    return;
  it.cite(is_over ? interval.dialog->bye : interval.next)
      .rests_on(is_over ? interval.dialog->bye : std::nullopt)
      .within({.start = interval.from,
               .end = interval.until,
               .window = {.min = half - tolerance.value, .max = half + tolerance.value},
               .tolerance = tolerance,
               .host_produced = true},
              "refresh of a session of {}", format_duration(interval.expires));
}

void an_unrefreshed_session_is_ended(const Phone& phone, const SessionInterval& interval,
                                     Occurrence& it) {
  if (interval.by_device) return;
  const auto tolerance = registration_tolerance(phone, interval.expires);
  const Duration due = interval.expires - sip::margin_before_expiry(interval.expires);
  if (was_cut_short(phone, interval, interval.from + due - tolerance.value)) return;
  const Message* bye = bye_of_device(phone, *interval.dialog, interval.from);
  const Duration latest = std::min(due + tolerance.value, interval.expires);
  if (bye != nullptr && bye->at <= interval.until)
    return it.cite(bye).rests_on(bye).within(
        {.start = interval.from,
         .end = bye->at,
         .window = {.min = due - tolerance.value, .max = latest},
         .tolerance = tolerance,
         .host_produced = true},
        "BYE in a session of {} that nobody refreshed", format_duration(interval.expires));
  const bool was_refreshed = interval.until < interval.from + latest;
  const bool ended_by_server = interval.dialog->ended.has_value();
  if (bye == nullptr && !was_refreshed && !ended_by_server &&
      phone.trace.last > interval.from + interval.expires)
    it.violated("a session of {} that nobody refreshed went on", format_duration(interval.expires));
}

// --- 422 -----------------------------------------------------------------------------------------

void asks_for_the_least_interval(const Phone& phone, const Transaction& refused, Occurrence& it) {
  if (final_status(phone, refused) != 422) return;
  const Transaction* again = second_try(phone, refused);
  const auto least =
      sip::parse_session_expires(phone.message(*refused.final).sip.header(HeaderId::min_se));
  if (again == nullptr || !least) return;
  const sip::MessageView& first = opening(phone, refused).sip;
  const sip::MessageView& second = opening(phone, *again).sip;
  const auto asked = sip::parse_session_expires(second.header(HeaderId::session_expires));
  it.cite(again->sends.front());
  if (asked && asked->interval < least->interval)
    it.violated("asks for {} s after a 422 with Min-SE {}", asked->interval.count(),
                least->interval.count());
  else if (second.call_id() != first.call_id() || second.cseq() != first.cseq() + 1)
    it.violated("the second try after a 422 is not the same call, one CSeq higher");
  else
    it.pass("asks for {} s after a 422 with Min-SE {}", asked ? asked->interval.count() : 0,
            least->interval.count());
}

// --- A refresh that fails ------------------------------------------------------------------------

void a_failed_refresh_ends_the_call(const Phone& phone, const Modification& refresh,
                                    Occurrence& it) {
  const auto lost = dialog_lost_at(phone, *refresh.request);
  const Message& request = opening(phone, *refresh.request);
  if (!lost || !asks_for_session(request.sip) ||
      next_power_change(phone, request.at) < *lost + time_to_act)
    return;
  const Message* bye = bye_of_device(phone, *refresh.dialog, request.at);
  if (const Message* wrong = astray(phone, *refresh.dialog))
    it.cite(wrong).violated("after a failed refresh {} went to {}", wrong->sip.method_text(),
                            named(wrong->server));
  else if (bye != nullptr && bye->at <= *lost + time_to_act)
    it.cite(bye).rests_on(bye).pass("BYE after a failed refresh");
  else if (bye != nullptr || !refresh.dialog->ended)
    it.cite(bye).violated_unless_lost("no BYE after a failed refresh");
}

const std::array rfc4028_session{
    Rule{.row = {.id = "RFC4028-01",
                 .clause = "RFC 4028 §10",
                 .severity = Severity::should,
                 .sentence = "A device that refreshes a session does so when half of its "
                             "interval is over.",
                 .observed = "The interval from the 2xx that settled the session to the "
                             "device's next re-INVITE or UPDATE is half of Session-Expires.",
                 .tolerance = "profile: registration"},
         .needs = {"a call whose session timer the device has to refresh", Blame::harness},
         .judge = each<session_intervals, device_refreshes_at_half>},
    Rule{.row = {.id = "RFC4028-02",
                 .clause = "RFC 4028 §10",
                 .severity = Severity::should,
                 .sentence = "A device that does not get the refresh ends the call before "
                             "its interval is over.",
                 .observed = "BYE at Session-Expires less min(32 s, a third of it) after the "
                             "2xx that settled the session, and not later than Session-Expires.",
                 .tolerance = "profile: registration"},
         .needs = {"a call whose session timer the far end has to refresh and does not",
                   Blame::harness},
         .judge = each<session_intervals, an_unrefreshed_session_is_ended>},
    Rule{.row = {.id = "RFC4028-03",
                 .clause = "RFC 4028 §7.3",
                 .severity = Severity::must,
                 .sentence = "A device that tries again after a 422 asks for Min-SE at least, "
                             "in the same call.",
                 .observed = "The next INVITE after a 422 has the same Call-ID, a CSeq one "
                             "higher and a Session-Expires no less than the Min-SE of the 422; "
                             "the RFC leaves it free not to try again.",
                 .tolerance = "policy: 5 s"},
         .needs = {"an INVITE that gets 422 and is tried again", Blame::harness},
         .judge = each<device_invites, asks_for_the_least_interval>},
    Rule{.row = {.id = "RFC4028-04",
                 .clause = "RFC 4028 §10",
                 .severity = Severity::should,
                 .sentence = "A refresh that gets 481, 408 or nothing ends the call with BYE, "
                             "and moves nowhere else.",
                 .observed = "BYE within 2 s of the loss; no request of that dialog at the "
                             "other server.",
                 .tolerance = "policy: 2 s"},
         .needs = {"a refresh of the device that gets 481, 408 or nothing", Blame::harness},
         .judge = each<modifications, a_failed_refresh_ends_the_call>},
};

}  // namespace

std::span<const Rule> rfc4028_session_rules() {
  return rfc4028_session;
}

}  // namespace sipharness::check
