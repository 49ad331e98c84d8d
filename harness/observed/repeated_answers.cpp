#include "harness/observed/repeated_answers.hpp"

#include <algorithm>

#include "harness/observed/attempt_of.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {

bool is_refreshed_within_t4(const Phone& phone, const Transaction& transaction) {
  const RegisterAttempt* attempt = attempt_of(phone, transaction);
  const Duration window = phone.profile.timers.t4 + policy::reaction_to_repeated_response;
  return attempt != nullptr && attempt->granted && *attempt->granted < 2 * window &&
         &last_of(phone, *attempt) == &transaction;
}

std::vector<std::size_t> absorbed_copies(const Phone& phone, const Transaction& transaction) {
  std::vector<std::size_t> copies;
  if (!is_accepted(phone, transaction)) return copies;
  const CaptureTime end = phone.at(*transaction.final) + phone.profile.timers.t4;
  for (const std::size_t response : transaction.responses)
    if (response > *transaction.final && phone.message(response).sip.is_final() &&
        phone.at(response) < end &&
        phone.trace.last > phone.at(response) + policy::reaction_to_repeated_response)
      copies.push_back(response);
  return copies;
}

const Transaction* reaction_to(const Phone& phone, const Transaction& transaction,
                               std::size_t copy) {
  const CaptureTime end = phone.at(copy) + policy::reaction_to_repeated_response;
  const auto& alike = client_transactions_like(phone, transaction);
  for (auto later = std::ranges::upper_bound(
           alike, copy, {}, [](const Transaction* other) { return other->sends.front(); });
       later != alike.end() && start_of(phone, **later) < end; ++later)
    if ((*later)->server == transaction.server) return *later;
  return nullptr;
}

CaptureTime timer_h_of(const Phone& phone, const Transaction& refused) {
  return phone.at(*refused.final) + phone.profile.timers.sixty_four_t1();
}

Tolerance timeout_tolerance(const Phone& phone) {
  return timer_tolerance(phone, phone.profile.timers.sixty_four_t1());
}

bool was_never_acknowledged(const Phone& phone, const Transaction& refused) {
  const CaptureTime over = timer_h_of(phone, refused) + timeout_tolerance(phone).value;
  return refused.acks.empty() && phone.trace.last > over;
}

std::optional<std::size_t> answer_to_copy(const Phone& phone, const Transaction& transaction,
                                          std::size_t send) {
  const CaptureTime asked = phone.at(send);
  const auto next = std::ranges::lower_bound(
      transaction.responses, asked, {}, [&](std::size_t response) { return phone.at(response); });
  if (next == transaction.responses.end() ||
      phone.at(*next) > asked + policy::time_to_repeat_response)
    return std::nullopt;
  return *next;
}

std::vector<std::size_t> copies_to_answer(const Phone& phone, const Transaction& request) {
  if (request.method == sip::Method::invite || !request.final ||
      opening(phone, request).transport != Transport::udp || was_unreachable(phone, request))
    return {};
  const CaptureTime until = timer_h_of(phone, request) - timeout_tolerance(phone).value / 2;
  std::vector<std::size_t> copies = request.sends;
  std::erase_if(copies, [&](std::size_t send) {
    const CaptureTime at = phone.at(send);
    return at <= phone.at(*request.final) || at >= until ||
           phone.trace.last <= at + policy::time_to_repeat_response;
  });
  return copies;
}

}  // namespace sipharness::observed
