#include "harness/judge/guessed_tolerances.hpp"

#include <span>
#include <utility>
#include <vector>

#include "harness/judge/builtin_profile.hpp"
#include "harness/judge/guessed_roles.hpp"
#include "harness/judge/settling.hpp"

namespace sipharness::judge {

Amendment settle_tolerances(trace::Trace& trace, const check::JudgeOptions& options,
                            const std::optional<trace::Tested>& tested) {
  scenario::Profile strict = builtin_profile();
  strict.tolerances = scenario::default_tolerances("reference");
  const std::vector<Amendment> of_roles = settle_roles(trace, strict, options, tested);
  Settling settling({.taken = "judged with the tolerances of a real device",
                     .instead = "with those of a program, as it is between loopback addresses,",
                     .option = "say --profile",
                     .is_unlikely = true});
  check::judge_phones(trace, strict, options,
                      [&](const observed::Phone&, std::span<verdict::Finding> findings) {
                        for (verdict::Finding& finding : findings) amend(finding, of_roles);
                        settling.add(findings);
                      });
  return [settling = std::move(settling)](verdict::Finding& finding) { settling.settle(finding); };
}

}  // namespace sipharness::judge
