#include "harness/judge/builtin_profile.hpp"

namespace sipharness::judge {

scenario::Profile builtin_profile() {
  scenario::Profile profile;
  profile.name = "any phone";
  profile.kind = "external";
  profile.title = "Any phone with two servers; its settings are not known";
  profile.account.user = "*";
  profile.account.password.reset();
  profile.register_expiration.reset();
  profile.reregister_before.reset();
  profile.reg_retry_wait.reset();
  profile.reg_retry_wait_403.reset();
  profile.rport.reset();
  profile.transport.reset();
  profile.knows_timers = false;
  profile.tolerances = {
      .timer = {100ms, 10}, .fo_grace = 2s, .registration = {2s, 2}, .overlap = 200ms, .nodup = 2s};
  return profile;
}

}  // namespace sipharness::judge
