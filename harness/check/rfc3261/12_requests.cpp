// Requests of the device within a dialog: their tags, their numbers, their target, their route.
// @source RFC 3261 §12.1.2, §12.2.1.1

#include <algorithm>
#include <set>

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/dialog_numbers.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/foreign_tags.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/remote_targets.hpp"
#include "harness/observed/strays.hpp"
#include "harness/observed/subscriptions.hpp"

namespace sipharness::check {
namespace {

// --- Tags ----------------------------------------------------------------------------------------

void has_the_tags_of_its_dialog(const Phone& /*phone*/, const TaggedRequest& one, Occurrence& it) {
  const std::string_view method = one.request->sip.method_text();
  if (!one.problem.empty() && one.is_certain)
    it.violated("{} in a dialog: {}", method, one.problem);
  else if (!one.problem.empty())
    it.violated_unless_lost("{} in a dialog: {}", method, one.problem);
}

// --- CSeq ----------------------------------------------------------------------------------------

void numbers_rise_by_one(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  DialogNumbers numbers(phone, dialog);
  std::vector<std::size_t> seen{dialog.invite->sends.front()};
  for (const std::size_t index : dialog.messages) {
    const Message& message = phone.message(index);
    if (!is_of_device(dialog, message)) continue;
    seen.push_back(index);
    // Where requests may be lost before they come to the capture, a gap shows nothing.
    if (const auto problem = numbers.problem_of(message))
      return it.cite(index).violated_if(is_captured_at_device(phone) || !numbers.has_gap(),
                                        *problem, Blame::network,
                                        "; a request between may have been lost on the way");
  }
  if (numbers.requests() > 0)
    it.about({dialog.server, dialog.call_id, seen})
        .pass(counted(numbers.requests(), "request") +
              " in the dialog, each numbered one higher than the last");
}

/// In a subscription, where a gap is RFC6665-01's.
void subscribes_never_fall(const Phone& phone, const Subscription& subscription, Occurrence& it) {
  for (std::size_t i = 1; i < subscription.asked.size(); ++i) {
    const Message& before = opening(phone, *subscription.asked[i - 1]);
    const Message& request = opening(phone, *subscription.asked[i]);
    const bool rises =
        request.sip.cseq() > before.sip.cseq() ||
        is_at_next_address(phone, *subscription.asked[i - 1], *subscription.asked[i]);
    if (!request.sip.to_tag().empty() && !rises)
      return it.cite(before.index)
          .cite(request.index)
          .violated("SUBSCRIBE with CSeq {} after {}", request.sip.cseq(), before.sip.cseq());
  }
}

// --- Targets -------------------------------------------------------------------------------------

/// The Request-URI of an ACK is ACK-2XX's; CANCEL and the ACK to a non-2xx repeat their INVITE's.
bool names_the_target(const Message& request) {
  return request.sip.method() != Method::ack && request.sip.method() != Method::cancel;
}

void misses_the_target(const Phone& phone, const Message& request, std::string_view target,
                       Occurrence& it) {
  it.violated_if(is_captured_at_device(phone),
                 fmt::format("{}: its Request-URI is {}, not {}", request.sip.method_text(),
                             request.sip.request_uri(), target),
                 Blame::user,
                 "; on the way to the device a Contact may be rewritten: a capture from there "
                 "(--vantage device) would tell");
}

void names_the_remote_target(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  if (!route_set(phone, dialog).empty()) return;
  RemoteTargets targets(phone, dialog);
  std::set<std::string_view> branches;
  std::vector<std::size_t> judged;
  for (const std::size_t index : dialog.messages) {
    const Message& message = phone.message(index);
    const bool is_new = is_of_device(dialog, message) && names_the_target(message) &&
                        branches.insert(message.sip.branch()).second;
    const auto is_right = is_new ? targets.allow(message) : std::nullopt;
    if (is_right && !*is_right)
      return misses_the_target(phone, message, targets.newest(),
                               it.cite(dialog.answer).cite(index));
    if (is_right) judged.push_back(index);
    targets.take(message);
  }
  if (!judged.empty())
    it.about({dialog.server, dialog.call_id, judged})
        .pass("each request names the peer's Contact in its Request-URI");
}

void refreshes_at_the_notifier(const Phone& phone, const Subscription& subscription,
                               Occurrence& it) {
  std::vector<std::size_t> judged;
  for (const auto& [request, contacts] : targeted_subscribes(phone, subscription)) {
    const std::string_view target = request->sip.request_uri();
    if (std::ranges::none_of(contacts, [&](auto contact) { return is_target(target, contact); }))
      return misses_the_target(phone, *request, contacts.back(), it.cite(request));
    judged.push_back(request->index);
  }
  if (!judged.empty())
    it.about({subscription.server, subscription.call_id, judged})
        .pass("each SUBSCRIBE names the notifier's Contact in its Request-URI");
}

// --- Routes --------------------------------------------------------------------------------------

/// Judges how the device's requests in a dialog are addressed: one instance a dialog.
void judge_addressing(const Phone& phone, const Dialog& dialog, Occurrence& it,
                      std::string_view right) {
  const std::vector<std::size_t> requests = requests_since_answer(phone, dialog);
  for (const std::size_t index : requests) {
    const Message& message = phone.message(index);
    if (const auto wrong = misaddressed(phone, dialog, message))
      return it.cite(dialog.answer)
          .cite(index)
          .violated_if(!wrong->may_be_policy,
                       fmt::format("{}: {}", message.sip.method_text(), wrong->what), Blame::user,
                       outbound_proxy_unseen);
  }
  if (!requests.empty())
    it.about({dialog.server, dialog.call_id, requests}).pass(std::string(right));
}

void follows_the_route_set(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  const auto routes = route_set(phone, dialog);
  if (!routes.empty() && !begins_strict(routes))
    judge_addressing(phone, dialog, it,
                     "each request names the remote target and carries the route set in order");
}

void routes_through_a_strict_router(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  if (begins_strict(route_set(phone, dialog)))
    judge_addressing(phone, dialog, it,
                     "each request names the strict router and carries the target last");
}

void stays_with_its_server(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  if (dialog.server == ServerRole::none) return;
  if (const Stray* stray = worst_stray_of(phone, dialog)) {
    it.cite(dialog.answer).cite(stray->request);
    return stray->is_certain ? it.violated(describe(*stray))
                             : it.inconclusive(Blame::user, describe(*stray));
  }
  const std::vector<std::size_t> requests = requests_since_answer(phone, dialog);
  if (!requests.empty())
    it.about({dialog.server, dialog.call_id, requests})
        .pass("no request of the call left the {}'s route", to_string(dialog.server));
}

const std::array rfc3261_12_request{
    Rule{.row = {.id = "RFC3261-DLG-06",
                 .clause = "RFC 3261 §12.2.1.1, §12.2.1.2",
                 .severity = Severity::must,
                 .sentence = "A request of the device within a dialog carries the tags of that "
                             "dialog: its own in From, the other side's in To.",
                 .observed =
                     "The tags of each such request (BYE, ACK to a 2xx, PRACK, UPDATE, and any "
                     "other with a To tag) are those that an INVITE, SUBSCRIBE or REFER of its "
                     "Call-ID and an answer to it made, or that the other side uses."},
         .needs = {"a request of the device in a dialog whose beginning is in the capture"},
         .held = {"the tags of its dialog in {}"},
         .judge = every<tagged_requests, has_the_tags_of_its_dialog>},
    Rule{.row = {.id = "RFC3261-GEN-12",
                 .clause = "RFC 3261 §12.2.1.1",
                 .severity = Severity::must,
                 .sentence = "Within a dialog the device's CSeq numbers rise by one from request "
                             "to request; ACK and CANCEL repeat that of their INVITE.",
                 .observed = "The CSeq numbers of the device's new requests in each dialog, in "
                             "order, from the INVITE that founded it on; in a subscription those "
                             "of its SUBSCRIBEs never fall."},
         .needs = {"a request of the device within a dialog"},
         .judge = in_turn<each<answered_dialogs, numbers_rise_by_one>,
                          each<subscriptions, subscribes_never_fall>>,
         .follows = {"RFC3261-TX-BYTEID"}},
    Rule{.row = {.id = "RFC3261-ROUTE-01",
                 .clause = "RFC 3261 §12.1.2, §12.2.1.1",
                 .severity = Severity::must,
                 .sentence = "The Record-Routes of the 2xx, in reverse, are the route of every "
                             "request in the dialog.",
                 .observed =
                     "Each request of the device in such a dialog names the remote target in its "
                     "Request-URI, carries the route set as Route and goes to its first entry."},
         .needs = {"a request in a dialog that was made through Record-Routes", Blame::harness},
         .judge = each<answered_dialogs, follows_the_route_set>},
    Rule{.row = {.id = "RFC3261-ROUTE-02",
                 .clause = "RFC 3261 §12.2.1.1",
                 .severity = Severity::must,
                 .sentence = "To a first hop without lr the device speaks as to a strict router.",
                 .observed = "Each request of the device in such a dialog has the first route as "
                             "Request-URI and the remote target as its last Route."},
         .needs = {"a request in a dialog whose first Record-Route has no lr", Blame::harness},
         .judge = each<answered_dialogs, routes_through_a_strict_router>},
    Rule{.row = {.id = "RFC3261-ROUTE-04",
                 .clause = "RFC 3261 §12.2.1.1, §12.1.2, §12.2.2; RFC 6665 §4.1.2.2",
                 .severity = Severity::must,
                 .sentence = "Without a route set, a request of the device in a dialog names the "
                             "remote target: the Contact that the peer gave last.",
                 .observed =
                     "The Request-URI of each request but ACK and CANCEL in a call without "
                     "Record-Route is the Contact of the peer's last 2xx, INVITE or UPDATE that "
                     "was accepted, or another that the peer gave since; that of a SUBSCRIBE in "
                     "its dialog is a Contact of the notifier."},
         .needs = {"a request of the device in a dialog without Record-Routes"},
         .judge = in_turn<each<answered_dialogs, names_the_remote_target>,
                          each<subscriptions, refreshes_at_the_notifier>>},
    Rule{.row = {.id = "RFC3261-ROUTE-03",
                 .clause = "RFC 3261 §8.1.2, §12.2.1.1",
                 .severity = Severity::must,
                 .sentence = "A call stays with the server that it was made over, also when that "
                             "one is lost or the other one is back.",
                 .observed = "No request of the device in a dialog of one server goes to the other "
                             "one, unless the dialog's route set or remote target leads there."},
         .needs = {"a request of the device in a call"},
         .judge = each<answered_dialogs, stays_with_its_server>},
};

}  // namespace

std::span<const Rule> rfc3261_12_request_rules() {
  return rfc3261_12_request;
}

}  // namespace sipharness::check
