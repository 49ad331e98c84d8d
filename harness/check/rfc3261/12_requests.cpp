// Requests of the device within a dialog: their numbers, their route.
// @source RFC 3261 §12.1.2, §12.2.1.1

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/check/occurrence.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/strays.hpp"

namespace sipharness::check {
namespace {

using sip::Method;

// --- CSeq ----------------------------------------------------------------------------------------

/// Follows the device's numbers through one dialog.
class NumberCheck {
 public:
  NumberCheck(const Phone& phone, const Dialog& dialog) {
    if (dialog.incoming) return;
    last_ = opening(phone, *dialog.invite).sip.cseq();
    invites_.insert(*last_);
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
    const auto before = std::exchange(last_, sip.cseq());
    has_gap_ = before && sip.cseq() > *before + 1;
    const Message* const previous = std::exchange(previous_, &request);
    if (!before || sip.cseq() == *before + 1 || goes_elsewhere(previous, request))
      return std::nullopt;
    return fmt::format("{} with CSeq {} after {}", sip.method_text(), sip.cseq(), *before);
  }

  std::size_t requests() const { return requests_; }
  /// The last problem is one that a lost request would explain.
  bool has_gap() const { return has_gap_; }

 private:
  /// RFC 3263 §4.3: the next address, or transport, gets the same request on another branch.
  static bool goes_elsewhere(const Message* previous, const Message& request) {
    return previous != nullptr && previous->sip.method() == request.sip.method() &&
           previous->sip.cseq() == request.sip.cseq() &&
           (previous->destination != request.destination ||
            previous->transport != request.transport);
  }

  std::optional<std::uint32_t> last_;
  const Message* previous_ = nullptr;
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

const std::array rules{
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
  return rules;
}

}  // namespace sipharness::check
