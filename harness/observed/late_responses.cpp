#include "harness/observed/late_responses.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "harness/observed/failover.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

void add_late_responses(const Phone& phone, const CallGroup& call,
                        std::vector<LateResponse>& found) {
  const Leg* primary = call.leg(ServerRole::primary);
  const Leg* secondary = call.leg(ServerRole::secondary);
  if (primary == nullptr || secondary == nullptr || primary->i0 > secondary->i0) return;
  bool has_provisional = false;
  for (const std::size_t response : invite_of(phone, *primary).responses) {
    const int status = phone.message(response).sip.status();
    const CaptureTime at = phone.at(response);
    if (at <= secondary->i0) return;  // it did not come late: the call left for another reason
    if (status < 200 && std::exchange(has_provisional, true)) continue;
    found.push_back({&call, primary, secondary, response, at, status,
                     at >= primary->i0 + phone.profile.timers.sixty_four_t1()});
    if (status >= 200) return;
  }
}

/// Every transmission of every BYE to the device, with its transaction.
std::unordered_map<std::size_t, const Transaction*> find_byes_to_device(const Phone& phone) {
  std::unordered_map<std::size_t, const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == sip::Method::bye && transaction.direction == Direction::to_device)
      for (const std::size_t send : transaction.sends) found.emplace(send, &transaction);
  return found;
}

}  // namespace

std::vector<LateResponse> find_late_responses(const Phone& phone) {
  std::vector<LateResponse> found;
  for (const CallGroup& call : calls(phone)) add_late_responses(phone, call, found);
  return found;
}

const LateResponse* late_success(const Phone& phone, const CallGroup& call) {
  const auto of_call =
      std::ranges::equal_range(late_responses(phone), &call, {}, &LateResponse::call);
  const auto found = std::ranges::find_if(
      of_call, [](const LateResponse& late) { return late.status / 100 == 2; });
  return found == of_call.end() ? nullptr : &*found;
}

bool left_bye_unanswered(const Phone& phone, const LateResponse& late) {
  if (!late.primary->bye_to_device) return false;
  const std::size_t bye = *late.primary->bye_to_device;
  const auto& byes = phone.derived<find_byes_to_device>();
  const auto transaction = byes.find(bye);
  return transaction != byes.end() && !transaction->second->final &&
         phone.trace.last > phone.at(bye) + phone.profile.timers.sixty_four_t1();
}

Evidence evidence_of(const Phone& phone, const LateResponse& late) {
  Evidence evidence = evidence_of_both(phone, *late.primary, late.secondary);
  evidence.messages.push_back(late.message);
  return evidence;
}

std::optional<std::size_t> end_of_call(const Phone& phone, const LateResponse& late) {
  const CaptureTime soon = late.at + policy::time_to_clean_up;
  if (hung_up_before(*late.call, soon)) return std::nullopt;
  for (const auto& sent : {late.secondary->bye_from_device, late.secondary->cancel})
    if (sent && phone.at(*sent) >= late.at && phone.at(*sent) <= soon) return sent;
  return std::nullopt;
}

bool was_muted(const Phone& phone, const Leg& leg) {
  const auto withheld = phone.journal.all<journal::Withheld>();
  auto one = std::ranges::lower_bound(withheld, leg.i0, {}, &Timed<journal::Withheld>::at);
  for (; one != withheld.end() && one->at <= leg.end; ++one)
    if (one->event->server == to_string(ServerRole::primary) &&
        one->event->what.ends_with("INVITE"))
      return true;
  return false;
}

}  // namespace sipharness::observed
