#include "harness/observed/renewals.hpp"

#include <utility>

#include "harness/observed/grants.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/server_faults.hpp"

namespace sipharness::observed {

std::vector<Renewal> find_renewals(const Phone& phone) {
  std::vector<Renewal> found;
  for (const ServerRole server : both_servers) {
    bool is_open = false;
    for (const RegisterAttempt* attempt : attempts_at(phone, server)) {
      if (!attempt->ok) continue;
      // What the device takes back it need not refresh.
      if (attempt->unregister && std::exchange(is_open, false)) found.pop_back();
      if (attempt->unregister) continue;
      if (is_open) found.back().renewed = attempt;
      const CaptureTime healthy_until =
          next_fault(phone, server, *attempt->ok).value_or(CaptureTime::max());
      is_open =
          attempt->granted && is_grant_known(*attempt) &&
          (*attempt->ok + *attempt->granted < healthy_until || is_left_to_lapse(phone, *attempt));
      if (is_open) found.push_back({attempt});
    }
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const Renewal& renewal) {
  return evidence_of(phone, *renewal.granted);
}

}  // namespace sipharness::observed
