#pragma once
// What the primary still said to an INVITE when the call had gone on to the secondary.
// @source RFC 3261 §9.1, §13.2.2.4, §17.1.1.2, §18.1.2; RFC 6026 §8.3

#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// The first provisional or the final response of the primary after the call had left it.
struct LateResponse {
  const CallGroup* call = nullptr;
  const Leg* primary = nullptr;
  const Leg* secondary = nullptr;
  std::size_t message = 0;
  CaptureTime at;
  int status = 0;
  bool transaction_is_over = false;  ///< Timer B had fired
};

std::vector<LateResponse> find_late_responses(const Phone& phone);
/// In the order of the calls; of one call the provisional response before the final one.
inline const std::vector<LateResponse>& late_responses(const Phone& phone) {
  return phone.derived<find_late_responses>();
}

/// The 2xx among those of `call`; null if there is none.
const LateResponse* late_success(const Phone& phone, const CallGroup& call);

/// The primary ended by BYE what nobody acknowledged, and the device did not answer that.
bool left_bye_unanswered(const Phone& phone, const LateResponse& late);

/// The first INVITE at each server, and the response.
Evidence evidence_of(const Phone& phone, const LateResponse& late);

/// Message: by what the device ended the call over the secondary without its user's word, soon
/// after `late`; nothing if it did not.
std::optional<std::size_t> end_of_call(const Phone& phone, const LateResponse& late);

/// The primary worked on a call in `leg` and could not say so, as the journal tells.
bool was_muted(const Phone& phone, const Leg& leg);

}  // namespace sipharness::observed
