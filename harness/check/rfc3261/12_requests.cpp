// Requests of the device within a dialog: their tags, their numbers, their target, their route.
// @source RFC 3261 §12.1.2, §12.2.1.1

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/foreign_tags.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/remote_targets.hpp"
#include "harness/observed/strays.hpp"
#include "harness/observed/subscriptions.hpp"

namespace sipharness::check {
namespace {

using sip::Method;

// --- Tags ----------------------------------------------------------------------------------------

void has_the_tags_of_its_dialog(const Phone& phone, Judge& judge) {
  const auto& requests = tagged_requests(phone);
  bool all_right = true;
  for (const TaggedRequest& one : requests) {
    if (one.problem.empty()) continue;
    all_right = false;
    const std::string what =
        fmt::format("{} in a dialog: {}", one.request->sip.method_text(), one.problem);
    Occurrence it(phone, judge, one);
    if (one.is_certain)
      it.violated(what);
    else
      it.violated_unless_lost(what);
  }
  if (all_right && !requests.empty())
    judge.all_held(requests.front().request->index, requests.size());
}

// --- CSeq ----------------------------------------------------------------------------------------

/// Follows the device's numbers through one dialog.
class NumberCheck {
 public:
  NumberCheck(const Phone& phone, const Dialog& dialog)
      : phone_(phone), founding_(opening(phone, *dialog.invite)) {
    for (const Message* foreign : requests_with_foreign_tags(phone, dialog.call_id)) {
      taken_.insert(foreign->sip.cseq());
      if (foreign->sip.method() == Method::invite) invites_.insert(foreign->sip.cseq());
    }
    if (dialog.incoming) return;
    last_ = &founding_;
    invites_.insert(founding_.sip.cseq());
  }

  /// What is wrong with a request of the device; nothing if its number is right.
  std::optional<std::string> problem_of(const Message& request) {
    const sip::MessageView& sip = request.sip;
    if (sip.method() == Method::ack || sip.method() == Method::cancel) {
      if (invites_.contains(sip.cseq())) return std::nullopt;
      has_gap_ = true;  // its INVITE may be what is missing
      return fmt::format("{} with the CSeq number {}, which no INVITE of the dialog has",
                         sip.method_text(), sip.cseq());
    }
    if (!branches_.insert(sip.branch()).second) return std::nullopt;
    ++requests_;
    if (sip.method() == Method::invite) invites_.insert(sip.cseq());
    const Message* const before = std::exchange(last_, &request);
    has_gap_ = before != nullptr && sip.cseq() > before->sip.cseq() + 1;
    if (before == nullptr || goes_elsewhere(*before, request)) return std::nullopt;
    const std::uint32_t next = next_after(before->sip.cseq());
    const bool is_next = sip.cseq() == next;
    const auto unsent = [&] { return unopened_connections(phone_, before->at, request.at); };
    if (is_next || (sip.cseq() > next && sip.cseq() - next <= unsent())) return std::nullopt;
    return fmt::format("{} with CSeq {} after {}", sip.method_text(), sip.cseq(),
                       before->sip.cseq());
  }

  std::size_t requests() const { return requests_; }
  /// The last problem is one that a lost request would explain.
  bool has_gap() const { return has_gap_; }

 private:
  /// RFC 3263 §4.3: the next address, or transport, gets the same request on another branch.
  bool goes_elsewhere(const Message& before, const Message& request) const {
    return &before != &founding_ && before.sip.method() == request.sip.method() &&
           before.sip.cseq() == request.sip.cseq() &&
           (before.destination != request.destination || before.transport != request.transport);
  }

  /// Past the numbers of requests that bear the tags of no dialog: these were meant for one.
  std::uint32_t next_after(std::uint32_t number) const {
    do ++number;
    while (taken_.contains(number));
    return number;
  }

  const Phone& phone_;
  const Message& founding_;        ///< the INVITE
  const Message* last_ = nullptr;  ///< null in an incoming dialog where nothing was sent yet
  std::set<std::uint32_t> taken_;
  std::set<std::uint32_t> invites_;
  std::set<std::string_view> branches_;
  std::size_t requests_ = 0;
  bool has_gap_ = false;
};

/// Where requests may be lost before they come to the capture, a gap shows nothing.
bool is_gap_beyond_sight(const Phone& phone) {
  return phone.trace.vantage != trace::Vantage::device;
}

void numbers_rise_by_one(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  NumberCheck numbers(phone, dialog);
  std::vector<std::size_t> seen{dialog.invite->sends.front()};
  for (const std::size_t index : dialog.messages) {
    const Message& message = phone.message(index);
    if (!is_of_device(dialog, message)) continue;
    seen.push_back(index);
    const auto problem = numbers.problem_of(message);
    if (!problem) continue;
    it.cite(index);
    if (is_gap_beyond_sight(phone) && numbers.has_gap())
      return it.inconclusive(Blame::network,
                             *problem + "; a request between may have been lost on the way");
    return it.violated(*problem);
  }
  if (numbers.requests() > 0)
    it.about({dialog.server, dialog.call_id, seen})
        .pass(counted(numbers.requests(), "request") +
              " in the dialog, each numbered one higher than the last");
}

// --- Targets -------------------------------------------------------------------------------------

/// The Request-URI of an ACK is ACK-2XX's; CANCEL and the ACK to a non-2xx repeat their INVITE's.
bool names_the_target(const Message& request) {
  return request.sip.method() != Method::ack && request.sip.method() != Method::cancel;
}

void misses_the_target(const Phone& phone, const Message& request, std::string_view target,
                       Occurrence& it) {
  const std::string what =
      fmt::format("{}: its Request-URI is {}, not {}", request.sip.method_text(),
                  request.sip.request_uri(), target);
  if (phone.trace.vantage == trace::Vantage::device) return it.violated(what);
  it.inconclusive(Blame::user, what +
                                   "; on the way to the device a Contact may be rewritten: a "
                                   "capture from there (--vantage device) would tell");
}

void names_the_remote_target(const Phone& phone, const Dialog& dialog, Occurrence& it) {
  if (!route_set(phone, dialog).empty()) return;
  RemoteTargets targets(phone, dialog);
  std::set<std::string_view> branches;
  std::vector<std::size_t> judged;
  for (const std::size_t index : dialog.messages) {
    const Message& message = phone.message(index);
    const bool is_new = index > dialog.answer && is_of_device(dialog, message) &&
                        names_the_target(message) && branches.insert(message.sip.branch()).second;
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

/// What a notifier said of its place: by its tag, every Contact; whether a proxy stays between, and
/// whether a 2xx without the Contact it owes left its dialog without a target.
class Notifiers {
 public:
  void take(const sip::MessageView& message, std::string_view tag) {
    for (const std::string_view uri : uris_in(message, sip::HeaderId::contact))
      contacts_[tag].push_back(uri);
    is_routed_ |= message.has(sip::HeaderId::record_route);
    is_open_ |= message.is_response() && !message.has(sip::HeaderId::contact);
  }
  /// Those of the dialog that the request is in; empty: none, or its route set leads elsewhere.
  std::vector<std::string_view> contacts_for(const Message& request) const {
    if (is_open_) return {};
    const auto known = contacts_.find(request.sip.to_tag());
    return is_routed_ || known == contacts_.end() ? std::vector<std::string_view>() : known->second;
  }

 private:
  std::map<std::string_view, std::vector<std::string_view>> contacts_;
  bool is_routed_ = false;
  bool is_open_ = false;
};

void refreshes_at_the_notifier(const Phone& phone, const Subscription& subscription,
                               Occurrence& it) {
  Notifiers notifiers;
  auto notify = subscription.notified.begin();
  std::vector<std::size_t> judged;
  for (const Transaction* subscribe : subscription.asked) {
    const Message& request = opening(phone, *subscribe);
    for (; notify != subscription.notified.end(); ++notify) {
      const Message& told = opening(phone, **notify);
      if (told.index > request.index) break;
      notifiers.take(told.sip, told.sip.from_tag());
    }
    const auto contacts = notifiers.contacts_for(request);
    const auto is_named = [&](std::string_view contact) {
      return is_target(request.sip.request_uri(), contact);
    };
    if (!contacts.empty() && std::ranges::none_of(contacts, is_named))
      return misses_the_target(phone, request, contacts.back(), it.cite(&request));
    if (!contacts.empty()) judged.push_back(request.index);
    if (const Message* answer = acceptance(phone, *subscribe))
      notifiers.take(answer->sip, answer->sip.to_tag());
  }
  if (!judged.empty())
    it.about({subscription.server, subscription.call_id, judged})
        .pass("each SUBSCRIBE names the notifier's Contact in its Request-URI");
}

void requests_name_the_remote_target(const Phone& phone, Judge& judge) {
  each<answered_dialogs, names_the_remote_target>(phone, judge);
  each<subscriptions, refreshes_at_the_notifier>(phone, judge);
}

// --- Routes --------------------------------------------------------------------------------------

/// The requests of the device in the dialog since it was confirmed.
std::vector<std::size_t> requests_since_answer(const Phone& phone, const Dialog& dialog) {
  std::vector<std::size_t> found;
  for (const std::size_t index : dialog.messages)
    if (index >= dialog.answer && is_of_device(dialog, phone.message(index)))
      found.push_back(index);
  return found;
}

/// Judges how the device's requests in a dialog are addressed: one instance a dialog.
void judge_addressing(const Phone& phone, const Dialog& dialog, Occurrence& it,
                      std::string_view right) {
  const std::vector<std::size_t> requests = requests_since_answer(phone, dialog);
  for (const std::size_t index : requests) {
    const Message& message = phone.message(index);
    if (const auto wrong = misaddressed(phone, dialog, message))
      return it.cite(dialog.answer)
          .cite(index)
          .violated(fmt::format("{}: {}", message.sip.method_text(), *wrong));
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
  const auto& astray = strays_of(phone, dialog);
  const auto certain = std::ranges::find_if(astray, &Stray::is_certain);
  const Stray* stray =
      certain != astray.end() ? *certain : (astray.empty() ? nullptr : astray.front());
  if (stray != nullptr) {
    it.cite(dialog.answer).cite(stray->request->index);
    return stray->is_certain ? it.violated(describe(*stray))
                             : it.inconclusive(Blame::user, describe(*stray));
  }
  const std::vector<std::size_t> requests = requests_since_answer(phone, dialog);
  if (!requests.empty())
    it.about({dialog.server, dialog.call_id, requests})
        .pass(fmt::format("no request of the call left the {}'s route", to_string(dialog.server)));
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
         .judge = has_the_tags_of_its_dialog},
    Rule{.row = {.id = "RFC3261-GEN-12",
                 .clause = "RFC 3261 §12.2.1.1",
                 .severity = Severity::must,
                 .sentence = "Within a dialog the device's CSeq numbers rise by one from request "
                             "to request; ACK and CANCEL repeat that of their INVITE.",
                 .observed = "The CSeq numbers of the device's new requests in each dialog, in "
                             "order, from the INVITE that founded it on."},
         .needs = {"a request of the device within a dialog"},
         .judge = each<answered_dialogs, numbers_rise_by_one>},
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
         .judge = requests_name_the_remote_target},
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
