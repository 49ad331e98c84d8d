#include "harness/judge/guessed_tolerances.hpp"

#include "harness/judge/builtin_profile.hpp"
#include "harness/judge/guessed_roles.hpp"
#include "harness/judge/settling.hpp"

namespace sipharness::judge {

void settle_tolerances(std::vector<verdict::Finding>& findings, trace::Trace& trace,
                       const check::JudgeOptions& options,
                       const std::optional<trace::Tested>& tested) {
  scenario::Profile strict = builtin_profile();
  strict.tolerances = scenario::default_tolerances("reference");
  check::JudgeOptions untold = options;
  untold.on_judged = {};
  const auto others = judge_with_roles(trace, strict, untold, tested);
  const Settling settling(
      {.taken = "judged with the tolerances of a real device",
       .instead = "with those of a program, as it is between loopback addresses,",
       .option = "say --profile",
       .is_unlikely = true},
      others);
  for (verdict::Finding& finding : findings) settling.settle(finding);
}

}  // namespace sipharness::judge
