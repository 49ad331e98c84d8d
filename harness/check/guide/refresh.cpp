// How a registration is kept: the expiry asked for, and when it is refreshed.
// @source guide.txt, "Configuration" (Optional), Case 1 and Case 2

#include "harness/observed/refresh.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/failed_registrations.hpp"
#include "harness/observed/grants.hpp"
#include "harness/observed/outages.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/requests.hpp"
#include "harness/observed/restarts.hpp"

namespace sipharness::check {
namespace {

std::string_view has_no_reregister_before(const Phone& phone) {
  if (phone.profile.reregister_before) return {};
  return "the profile does not say Reregister before Expiration, or the device lacks it";
}

void asks_for_the_expiration(const Phone& phone, const RegisterAttempt& attempt, Occurrence& it) {
  judge_expiry(phone, attempt, "Register Expiration is", it);
}

void refreshes_in_time(const Phone& phone, const Refresh& refresh, Occurrence& it) {
  if (refresh.has_other_reason || is_begun_by_restart(phone, *refresh.next)) return;
  const Measurement measurement{.start = *refresh.previous->ok,
                                .end = refresh.next->start,
                                .window = refresh_window(phone, refresh.granted),
                                .tolerance = registration_tolerance(phone, refresh.granted),
                                .host_produced = true};
  const std::string what =
      fmt::format("refresh at the {} after its 200 (granted {}, Reregister before {})",
                  to_string(refresh.next->server), format_duration(refresh.granted),
                  format_duration(phone.profile.reregister_margin()));
  const Duration nominal = latest_refresh(phone, refresh.granted);
  const bool is_early = measurement.measured() < *measurement.window.min;
  // Looking earlier than due, and finding the server gone, is no refresh that could be too early;
  // nor is it when an OPTIONS keep-alive is the reason to look.
  if (is_early && (refresh.follows_other_reason || refresh.precedes_restart)) return;
  if (is_early && (!refresh.next->ok || follows_lost_options(phone, *refresh.next))) return;
  // Early by less than half is only a warning; with R unused the window already allows it.
  if (is_early && measurement.measured() > nominal / 2)
    it.should_be_within(measurement, what);
  else
    it.within(measurement, what);
}

void keeps_the_secondary(const Phone& phone, Judge& judge) {
  const RegisterAttempt* bound = first_bound(phone, ServerRole::secondary);
  if (bound == nullptr) return;
  const auto& refreshes = refreshes_at(phone, ServerRole::secondary);
  const auto start = [](const Refresh& refresh) { return refresh.next->start; };
  for (const Outage& outage : outages(phone, ServerRole::primary)) {
    const CaptureTime from = std::max(outage.from, *bound->ok);
    const CaptureTime until = std::min(outage.until, next_power_change(phone, from));
    if (until - from < 2 * latest_refresh(phone, *bound->granted)) continue;
    const auto first = std::ranges::lower_bound(refreshes, from, {}, start);
    const auto last = std::ranges::upper_bound(refreshes, until, {}, start);
    for (auto refresh = first; refresh != last; ++refresh) {
      Occurrence it(phone, judge, *refresh);
      refreshes_in_time(phone, *refresh, it);
    }
    if (first == last)
      judge.violated({ServerRole::secondary, {}, {}},
                     fmt::format("no refresh at the secondary in {} without the primary",
                                 format_seconds(until - from)));
  }
}

void is_tried_again(const Phone& phone, const FailedRegistration& failed, Occurrence& it) {
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  const Duration limit = failed.rest + 2 * (failed.wait + timeout);
  const CaptureTime until = known_alive_until(phone, failed.at);
  const std::string_view server = to_string(failed.attempt->server);
  const std::string failure = describe_failure(phone, *failed.attempt);
  const bool came_again = failed.next && *failed.next <= until;
  if (came_again && *failed.next < failed.at) return;
  const Duration gap = (came_again ? *failed.next : until) - failed.at;
  const std::string seen =
      came_again
          ? fmt::format("left the {} alone for {}", server, format_seconds(gap))
          : fmt::format("gave the {} up: no REGISTER in the {}", server, format_seconds(gap));
  if (gap > limit)
    violated_if_known(
        it, gap > failed.rest + 2 * (failed.longest_wait + timeout), "reg_retry_wait",
        fmt::format("{} after {} (expected at most {})", seen, failure, format_seconds(limit)));
  else if (came_again)
    it.pass("tried the {} again {} after {}{}", server, format_seconds(gap), failure,
            stated_retry_wait(phone));
}

const std::array guide_refresh{
    Rule{.row =
             {.id = "GRP-CFG-03",
              .clause = "guide, Configuration (Optional)",
              .severity = Severity::vendor,
              .sentence = "The device takes Register Expiration as minutes and Reregister before "
                          "Expiration as seconds.",
              .observed =
                  "Every REGISTER that asks for a binding asks for exactly 60 times the configured "
                  "minutes: in its Contact's expires parameter, else in its Expires header."},
         .needs = {"a REGISTER that proposes an expiry"},
         .unless = has_unknown_expiration,
         .judge = each<attempts, asks_for_the_expiration>},
    Rule{.row = {.id = "GRP-REG-05",
                 .clause = "guide, Configuration (Optional); Case 1",
                 .severity = Severity::vendor,
                 .sentence = "The device refreshes a registration when the granted expiry less "
                             "Reregister before Expiration has passed.",
                 .observed = "The interval from a server's 200 to the start of the next attempt "
                             "there is E - R; with R = 0 it lies between half of E and E. A "
                             "REGISTER for a new Contact, address or connection, of a device that "
                             "begins anew, or before a call that moves to that server, is no "
                             "refresh.",
                 .tolerance = "profile: registration"},
         .needs = {"a refresh after a granted registration"},
         .unless = has_no_reregister_before,
         .judge = in_turn<each<refreshes, refreshes_in_time>,
                          each<unknown_grants, is_granted_for_an_unknown_time>>,
         .follows = {"RFC3261-REG-09"}},
    Rule{.row =
             {.id = "GRP-REG-07",
              .clause = "guide, Case 2",
              .severity = Severity::vendor,
              .sentence = "The device keeps refreshing its registration at the secondary while the "
                          "primary is down.",
              .observed =
                  "GRP-REG-05 at the secondary, over the periods that lie in the primary's outage.",
              .tolerance = "profile: registration"},
         .needs = {"a primary that is silent for two registration periods", Blame::harness},
         .judge = keeps_the_secondary,
         .follows = {"GRP-REG-05"}},
    Rule{
        .row = {.id = "GRP-REG-08",
                .clause = "guide, Case 1",
                .severity = Severity::vendor,
                .sentence =
                    "The device keeps trying to register with a server that is not available.",
                .observed =
                    "After a REGISTER without an answer, or refused with 408, 480 or 5xx (not 501, "
                    "505, 513: it cannot do that), the next REGISTER or connection follows within "
                    "2*(wait + 64*T1), counted from the end "
                    "of a Retry-After, or of the wait after 403 and 404. The wait is the "
                    "profile's; where waits grow, twice the one before.",
                .tolerance = "profile: reg_retry_wait, reg_retry_wait_403"},
        .needs = {"a failed registration, and time for another attempt", Blame::harness},
        .judge = each<failed_registrations, is_tried_again>},
};

}  // namespace

std::span<const Rule> guide_refresh_rules() {
  return guide_refresh;
}

}  // namespace sipharness::check
