#include "harness/judge/tested.hpp"

namespace sipharness::judge {
trace::Tested tested_of(const scenario::Profile& profile, unsigned devices) {
  trace::Tested tested;
  if (profile.account.is_any()) return tested;
  for (unsigned device = 0; device < devices; ++device)
    tested.users.push_back(account_of(profile.account, device).user);
  return tested;
}

}  // namespace sipharness::judge
