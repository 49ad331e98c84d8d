// Changes of a session that is up, and what a refusal or silence makes of them.
// @source RFC 3261 §12.2.1.2, §14.1; RFC 5057 §5

#include <algorithm>

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/glare.hpp"
#include "harness/observed/midcall.hpp"

namespace sipharness::check {
namespace {

// --- The dialog is lost --------------------------------------------------------------------------

void lost_dialogs_are_ended(const Phone& phone, const Modification& modification, Occurrence& it) {
  const auto lost = dialog_lost_at(phone, *modification.request);
  const CaptureTime opened = sent_at(phone, modification);
  if (!lost || next_power_change(phone, opened) < *lost + time_to_act ||
      ended_before(*modification.dialog, opened))
    return;
  const Message* bye = bye_of_device(phone, *modification.dialog, opened);
  if (bye != nullptr && bye->at <= *lost + time_to_act)
    it.rests_on(bye).pass("the lost dialog was ended with BYE");
  else if (bye != nullptr)
    it.cite(bye->index)
        .violated_unless_lost("the dialog was lost, and a BYE ended it {} later",
                              format_seconds(bye->at - *lost));
  else if (!modification.dialog->ended)  // else by the server
    it.violated_unless_lost("the dialog was lost, and no BYE ended it");
}

// --- The change is refused -----------------------------------------------------------------------

/// What refuses the change and leaves the dialog as it was (RFC 5057 §5.1 lists what ends it).
bool refuses_only_the_change(int status) {
  constexpr std::array ends_the_dialog{404, 408, 410, 416, 480, 481, 482, 483,
                                       484, 485, 502, 604, 401, 407, 422};
  return status >= 400 && std::ranges::find(ends_the_dialog, status) == ends_the_dialog.end();
}

void refused_changes_leave_the_session(const Phone& phone, const Modification& modification,
                                       Occurrence& it) {
  const int status = final_status(phone, *modification.request);
  if (modification.request->method != Method::invite || !refuses_only_the_change(status)) return;
  const CaptureTime refused = phone.at(*modification.request->final);
  if (ended_before(*modification.dialog, refused) || phone.trace.last < refused + time_to_act)
    return;
  const Message* bye = bye_of_device(phone, *modification.dialog, refused);
  if (bye == nullptr || bye->at > refused + time_to_act)
    it.pass("a {} to a re-INVITE left the session as it was", status);
  else if (phone.trace.has_journal() && !follows_end_action(phone, bye->at))
    it.rests_on(bye).violated("a {} to a re-INVITE ended the session", status);
}

// --- Both at once --------------------------------------------------------------------------------

/// How long the device must wait before it tries again. @source RFC 3261 §14.1
verdict::Window wait_after_glare(const Phone& phone, const Dialog& dialog) {
  const Duration longest = dialog.incoming ? Duration(2s) : Duration(4s);
  const auto tolerance = timer_tolerance(phone, longest);
  verdict::Window window{.max = longest + tolerance.value};
  if (!dialog.incoming) window.min = Duration(2100ms) - tolerance.value / 2;
  return window;
}

void waits_after_glare(const Phone& phone, const Modification& refused, Occurrence& it) {
  if (refused.request->method != Method::invite || final_status(phone, *refused.request) != 491)
    return;
  const CaptureTime at = phone.at(*refused.request->final);
  const verdict::Window window = wait_after_glare(phone, *refused.dialog);
  const CaptureTime latest = at + *window.max;
  const Modification* again = next_try(phone, refused);
  const CaptureTime until = again ? std::min(sent_at(phone, *again), latest) : latest;
  if (became_pointless(phone, refused, until, latest)) return;
  if (again == nullptr) {
    constexpr std::string_view seen = "a re-INVITE that got 491 was not tried again";
    if (phone.trace.last <= latest) return;
    if (phone.trace.has_journal()) return it.violated_unless_lost("{}", seen);
    // §14.1: once more if it still desires the change.
    return it.inconclusive(Blame::user,
                           "{}: whether the change was still wanted, --journal would tell", seen);
  }
  it.cite(again->request->sends.front())
      .within({.start = at,
               .end = sent_at(phone, *again),
               .window = window,
               .tolerance = timer_tolerance(phone, refused.dialog->incoming ? 2s : 4s),
               .host_produced = true},
              refused.dialog->incoming ? "next re-INVITE after a 491 in a call it received"
                                       : "next re-INVITE after a 491 in a call it made");
}

const std::array rfc3261_14_modification{
    Rule{.row = {.id = "RFC3261-DLG-01",
                 .clause = "RFC 3261 §12.2.1.2, §14.1",
                 .severity = Severity::should,
                 .sentence =
                     "A 481, a 408 or silence to a request within a dialog ends that dialog.",
                 .observed = "After a re-INVITE or UPDATE that got one of them the device sends "
                             "BYE within 2 s.",
                 .tolerance = "policy: 2 s"},
         .needs = {"a re-INVITE or UPDATE of the device that gets 481, 408 or nothing",
                   Blame::harness},
         .judge = each<modifications, lost_dialogs_are_ended>},
    Rule{
        .row = {.id = "RFC3261-DLG-02",
                .clause = "RFC 3261 §14.1",
                .severity = Severity::must,
                .sentence = "A re-INVITE that is refused otherwise leaves the session as it was.",
                .observed = "No BYE of the device within 2 s of a 4xx, 5xx or 6xx to its re-INVITE "
                            "that says nothing of the dialog, unless its user asked for it.",
                .tolerance = "policy: 2 s"},
        .needs = {"a re-INVITE of the device that is refused, and not with 481 or 408",
                  Blame::harness},
        .judge = each<modifications, refused_changes_leave_the_session>},
    Rule{.row = {.id = "RFC3261-DLG-03",
                 .clause = "RFC 3261 §14.1",
                 .severity = Severity::should,
                 .sentence = "After a 491 the device tries its re-INVITE again, in 2.1 to 4 s if "
                             "it made the call, else in 2 s at most.",
                 .observed = "The interval from the 491 to the next re-INVITE.",
                 .tolerance = "profile: timer"},
         .needs = {"a re-INVITE of the device that gets 491", Blame::harness},
         .judge = each<modifications, waits_after_glare>},
};

}  // namespace

std::span<const Rule> rfc3261_14_modification_rules() {
  return rfc3261_14_modification;
}

}  // namespace sipharness::check
