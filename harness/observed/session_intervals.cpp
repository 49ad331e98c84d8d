#include "harness/observed/session_intervals.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/session_expires.hpp"

namespace sipharness::observed {
namespace {

using sip::Method;
using RequestsByCallId = std::unordered_map<std::string_view, std::vector<const Transaction*>>;

/// Every INVITE and UPDATE, of either side.
RequestsByCallId session_requests(const Phone& phone) {
  RequestsByCallId requests;
  for (const Transaction& request : transactions(phone))
    if (request.method == Method::invite || request.method == Method::update)
      requests[opening(phone, request).sip.call_id()].push_back(&request);
  return requests;
}

/// The INVITE of the call, or a change once it was answered: an UPDATE before belongs to no
/// interval.
bool changes_session(const Phone& phone, const Transaction& request, const Dialog& dialog) {
  const Message& first = opening(phone, request);
  return &request == dialog.invite ||
         (first.at >= phone.at(dialog.answer) && is_in(first.sip, dialog));
}

/// What the 2xx to `request` settled; nothing if it is no 2xx or says nothing of a session timer.
std::optional<SessionInterval> settled_by(const Phone& phone, const Transaction& request,
                                          const Dialog& dialog) {
  if (!is_accepted(phone, request)) return std::nullopt;
  const sip::MessageView& answer = phone.message(*request.final).sip;
  const auto session = sip::parse_session_expires(answer.header(sip::HeaderId::session_expires));
  if (!session || session->refresher == sip::Refresher::unsaid) return std::nullopt;
  const bool device_asked = request.direction == Direction::from_device;
  return SessionInterval{.dialog = &dialog,
                         .from = phone.at(*request.final),
                         .expires = session->interval,
                         .by_device = (session->refresher == sip::Refresher::uac) == device_asked,
                         .answer = *request.final,
                         .until = dialog.ended.value_or(phone.trace.last)};
}

void add_intervals(const Phone& phone, const Dialog& dialog,
                   const std::vector<const Transaction*>& requests,
                   std::vector<SessionInterval>& found) {
  for (const Transaction* request : requests) {
    if (!changes_session(phone, *request, dialog)) continue;
    const Message& opened = opening(phone, *request);
    const bool goes_on = !found.empty() && found.back().dialog == &dialog;
    if (goes_on && opened.at < found.back().until) {
      found.back().until = opened.at;
      found.back().next = opened.index;
      found.back().was_changed_by_far_end = request->direction == Direction::to_device;
    }
    if (const auto interval = settled_by(phone, *request, dialog)) found.push_back(*interval);
  }
}

}  // namespace

std::vector<SessionInterval> find_session_intervals(const Phone& phone) {
  const RequestsByCallId requests = session_requests(phone);
  std::vector<SessionInterval> found;
  for (const Dialog* dialog : dialogs(phone))
    if (const auto of_call = requests.find(dialog->call_id); of_call != requests.end())
      add_intervals(phone, *dialog, of_call->second, found);
  return found;
}

Evidence evidence_of(const Phone& /*phone*/, const SessionInterval& interval) {
  return {interval.dialog->server, interval.dialog->call_id, {interval.answer}};
}

bool was_cut_short(const Phone& phone, const SessionInterval& interval, CaptureTime due) {
  if (next_power_change(phone, interval.from) < std::min(due, phone.trace.last)) return true;
  return interval.until < due &&
         (!phone.trace.has_journal() || follows_action(phone, interval.until));
}

const Transaction* second_try(const Phone& phone, const Transaction& refused) {
  const std::size_t answer = *refused.final;
  const std::string_view call_id = opening(phone, refused).sip.call_id();
  const CallGroup* const call = call_of(phone, refused);
  const auto& invites = device_invites(phone);
  auto later = std::ranges::upper_bound(
      invites, answer, {}, [](const Transaction* invite) { return invite->sends.front(); });
  for (; later != invites.end(); ++later) {
    const Message& request = opening(phone, **later);
    if (request.at > phone.at(answer) + policy::time_to_retry_after_422) break;
    if ((*later)->server == refused.server &&
        (request.sip.call_id() == call_id || (call != nullptr && call_of(phone, **later) == call)))
      return *later;
  }
  return nullptr;
}

}  // namespace sipharness::observed
