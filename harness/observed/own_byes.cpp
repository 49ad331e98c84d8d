#include "harness/observed/own_byes.hpp"

#include <algorithm>

#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// A call that never left may have had no server to go to.
std::vector<const CallGroup*> find_dialled_calls_that_left(const Phone& phone) {
  std::vector<const CallGroup*> found;
  for (const CallGroup& call : calls(phone))
    if (call.dialled && !call.legs.empty()) found.push_back(&call);
  return found;
}

}  // namespace

std::vector<OwnBye> find_own_byes(const Phone& phone) {
  std::vector<OwnBye> found;
  for (const Transaction& bye : transactions(phone)) {
    if (bye.method != sip::Method::bye || bye.direction != Direction::from_device) continue;
    const auto& of = dialogs_of(phone, opening(phone, bye).sip);
    if (!of.empty()) found.push_back({&bye, of.front()});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const OwnBye& own) {
  return evidence_of(phone, *own.bye);
}

const Message* request_after(const Phone& phone, const OwnBye& own) {
  const Message& sent = opening(phone, *own.bye);
  const int status = final_status(phone, *own.bye);
  const bool was_refused = status >= 300 && status != 408 && status != 481;
  const Messages& requests = requests_in_call_of(phone, sent);
  const auto later = std::ranges::upper_bound(requests, sent.at, {}, &Message::at);
  const auto further = std::find_if(later, requests.end(), [&](const Message* request) {
    const sip::Method method = request->sip.method();
    const bool is_allowed = method == sip::Method::ack || method == sip::Method::notify ||
                            method == sip::Method::subscribe ||
                            (was_refused && method == sip::Method::bye);
    return !is_allowed && request->sip.cseq() > sent.sip.cseq() && is_in(request->sip, *own.dialog);
  });
  return further == requests.end() ? nullptr : *further;
}

const CallGroup* next_call_meanwhile(const Phone& phone, const Transaction& bye) {
  const CaptureTime sent = opening(phone, bye).at;
  CaptureTime until = sent + phone.profile.timers.sixty_four_t1();
  if (bye.final) until = std::min(until, phone.at(*bye.final));
  const auto& dialled = phone.derived<find_dialled_calls_that_left>();
  const auto next = std::ranges::upper_bound(dialled, sent, {},
                                             [](const CallGroup* call) { return *call->dialled; });
  if (next == dialled.end() || *(*next)->dialled >= until) return nullptr;
  return *next;
}

bool is_settled(const Phone& phone, const Transaction& bye) {
  const CaptureTime over = bye.final
                               ? phone.at(*bye.final)
                               : opening(phone, bye).at + phone.profile.timers.sixty_four_t1();
  return phone.trace.last >= over + time_to_act;
}

}  // namespace sipharness::observed
