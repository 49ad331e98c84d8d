// Requests of the device within a dialog: their numbers, their route.
// @source RFC 3261 §12.1.2, §12.2.1.1

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/seen_dialogs.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Message;
using trace::ServerRole;
using verdict::Blame;

Evidence evidence_of(const SeenDialog& dialog, std::vector<std::size_t> messages) {
  return {dialog.server, dialog.call_id, std::move(messages)};
}

// --- CSeq ----------------------------------------------------------------------------------------

/// Follows the device's numbers through one dialog.
class NumberCheck {
 public:
  NumberCheck(const Phone& phone, const SeenDialog& dialog) {
    if (!dialog.device_called) return;
    last_ = phone.message(dialog.invite).sip.cseq();
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
    if (!branches_.insert(sip.via().branch).second) return std::nullopt;
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

void judge_numbers(const Phone& phone, Judge& judge, const SeenDialog& dialog) {
  NumberCheck numbers(phone, dialog);
  std::vector<std::size_t> seen{dialog.invite};
  for (const std::size_t index : dialog.messages) {
    const Message& message = phone.message(index);
    if (!is_of_device(dialog, message)) continue;
    seen.push_back(index);
    const auto problem = numbers.problem_of(message);
    if (!problem) continue;
    if (is_gap_beyond_sight(phone) && numbers.has_gap())
      judge.inconclusive(evidence_of(dialog, {index}), Blame::network,
                         *problem + "; a request between may have been lost on the way");
    else
      judge.violated(evidence_of(dialog, {index}), *problem);
    return;
  }
  if (numbers.requests() > 0)
    judge.pass(evidence_of(dialog, seen),
               fmt::format("{} requests in the dialog, each numbered one higher than the last",
                           numbers.requests()));
}

void numbers_rise_by_one(const Phone& phone, Judge& judge) {
  judge.needs("a request of the device within a dialog");
  for (const SeenDialog& dialog : seen_dialogs(phone)) judge_numbers(phone, judge, dialog);
}

// --- Routes --------------------------------------------------------------------------------------

/// Judges how the device's requests in a dialog are addressed: one instance a dialog.
void judge_addressing(const Phone& phone, Judge& judge, const SeenDialog& dialog,
                      std::string_view right) {
  std::vector<std::size_t> seen;
  for (const std::size_t index : dialog.messages) {
    const Message& message = phone.message(index);
    if (!is_of_device(dialog, message) || index < dialog.answer) continue;
    if (const auto wrong = misaddressed(phone, dialog, message))
      return judge.violated(evidence_of(dialog, {dialog.answer, index}),
                            fmt::format("{}: {}", message.sip.method_text(), *wrong));
    seen.push_back(index);
  }
  if (!seen.empty()) judge.pass(evidence_of(dialog, seen), std::string(right));
}

void follows_the_route_set(const Phone& phone, Judge& judge) {
  judge.needs("a request in a dialog that was made through Record-Routes", Blame::harness);
  for (const SeenDialog& dialog : seen_dialogs(phone)) {
    const auto routes = route_set(phone, dialog);
    if (!routes.empty() && !begins_strict(routes))
      judge_addressing(phone, judge, dialog,
                       "each request names the remote target and carries the route set in order");
  }
}

void speaks_to_a_strict_router(const Phone& phone, Judge& judge) {
  judge.needs("a request in a dialog whose first Record-Route has no lr", Blame::harness);
  for (const SeenDialog& dialog : seen_dialogs(phone))
    if (begins_strict(route_set(phone, dialog)))
      judge_addressing(phone, judge, dialog,
                       "each request names the strict router and carries the target last");
}

void stays_with_the_secondary(const Phone& phone, Judge& judge) {
  judge.needs("a request of the device in a call over the secondary");
  for (const SeenDialog& dialog : seen_dialogs(phone)) {
    if (dialog.server != ServerRole::secondary) continue;
    std::vector<std::size_t> seen;
    std::optional<std::size_t> astray;
    for (const std::size_t index : dialog.messages) {
      const Message& message = phone.message(index);
      if (!is_of_device(dialog, message) || index < dialog.answer) continue;
      if (message.server == ServerRole::primary && !astray &&
          !was_led_there(phone, dialog, message))
        astray = index;
      seen.push_back(index);
    }
    if (astray)
      judge.violated(evidence_of(dialog, {dialog.answer, *astray}),
                     fmt::format("{} of a call over the secondary went to the primary",
                                 phone.message(*astray).sip.method_text()));
    else if (!seen.empty())
      judge.pass(evidence_of(dialog, seen), "no request of the call left the secondary's route");
  }
}

constexpr std::array table{
    Check{"RFC3261-GEN-12", numbers_rise_by_one},
    Check{"RFC3261-ROUTE-01", follows_the_route_set},
    Check{"RFC3261-ROUTE-02", speaks_to_a_strict_router},
    Check{"RFC3261-ROUTE-03", stays_with_the_secondary},
};

}  // namespace

std::span<const Check> rfc3261_12_request_checks() {
  return table;
}

}  // namespace sipharness::check
