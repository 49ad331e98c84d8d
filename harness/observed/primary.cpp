#include "harness/observed/primary.hpp"

#include <algorithm>
#include <vector>

#include "harness/observed/call.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_messages.hpp"

namespace sipharness::observed {
namespace {

/// A call that went to the primary, perhaps to the secondary too.
struct Try {
  const Leg* primary = nullptr;
  const Leg* secondary = nullptr;
};

CaptureTime begin_of(const Try& one) {
  return one.primary->i0;
}

/// By the times of their INVITEs.
std::vector<Try> find_tries(const Phone& phone) {
  std::vector<Try> found;
  for (const CallGroup& call : calls(phone))
    if (const Leg* primary = call.leg(ServerRole::primary))
      found.push_back({primary, call.leg(ServerRole::secondary)});
  std::ranges::stable_sort(found, {}, begin_of);
  return found;
}

bool was_left(const Phone& phone, const Try& one, CaptureTime at) {
  return one.primary->end <= at || (one.secondary && reached_at(phone, *one.secondary) < at);
}

/// A call before `at` was left for want of any answer, and the primary has said nothing since.
bool was_seen_silent(const Phone& phone, CaptureTime at) {
  const std::vector<Try>& tries = phone.derived<find_tries>();
  const auto heard = last_heard(phone, ServerRole::primary, at);
  const auto from =
      std::ranges::lower_bound(tries, heard.value_or(CaptureTime::min()), {}, begin_of);
  const auto until = std::ranges::lower_bound(tries, at, {}, begin_of);
  return from < until &&
         std::any_of(from, until, [&](const Try& one) { return was_left(phone, one, at); });
}

}  // namespace

bool is_primary_usable(const Phone& phone, CaptureTime at) {
  const ServerRole primary = ServerRole::primary;
  return !known_down(phone, primary, at) && registered(phone, primary, at) &&
         !was_seen_silent(phone, at) && !asked_to_wait(phone, primary, at) &&
         !is_cut_off(phone, primary, at);
}

}  // namespace sipharness::observed
