#pragma once
// Calls that began at the primary and got its final response before they went anywhere else.
// @source RFC 3263 §4.3; RFC 3261 §8.1.3, §21

#include <span>
#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct PrimaryAnswer {
  const CallGroup* call = nullptr;
  const Leg* primary = nullptr;
  const Leg* secondary = nullptr;  ///< null: never tried
  int status = 0;
  CaptureTime at;  ///< of the final response
};

std::vector<PrimaryAnswer> find_primary_answers(const Phone& phone);
/// In the order of the calls.
inline const std::vector<PrimaryAnswer>& primary_answers(const Phone& phone) {
  return phone.derived<find_primary_answers>();
}

/// The first INVITE at each server.
Evidence evidence_of(const Phone& phone, const PrimaryAnswer& answer);

/// The primary reacted within T1, with more than a 100 and then silence (RFC 3261 §16.6 item 11),
/// and neither refused with 5xx nor sent the call elsewhere by 3xx.
bool answers_at_once(const Phone& phone, const Leg& primary);

/// The calls' legs at the primary that began within (after, before), by their beginnings.
std::span<const Leg* const> primary_legs_between(const Phone& phone, CaptureTime after,
                                                 CaptureTime before);

/// When a call began: the dial, or its first leg.
CaptureTime start_of(const CallGroup& call);
/// The first call with an INVITE that began after `at`; null if there is none.
const CallGroup* next_call(const Phone& phone, CaptureTime at);

}  // namespace sipharness::observed
