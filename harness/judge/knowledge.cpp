#include "harness/judge/knowledge.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/check/judge.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/observed/guide_claim.hpp"

namespace sipharness::judge {
namespace {

bool is_broken_but_unclaimed(const verdict::Instance& instance) {
  return instance.verdict == verdict::Verdict::info &&
         instance.reason == check::unclaimed_and_broken;
}

}  // namespace

void Knowledge::look_at(const verdict::Finding& finding) {
  const verdict::Instance& worst = finding.worst();
  if (worst.verdict == verdict::Verdict::not_applicable) {
    if (worst.message == check::unverified_credentials)
      lacks_password_.insert(finding.requirement->id);
    return;
  }
  if (worst.verdict == verdict::Verdict::info &&
      (worst.reason == check::unclaimed_guide || worst.reason == check::unclaimed_and_broken))
    lacks_guide_claim_ = true;
  if (std::ranges::any_of(finding.instances, is_broken_but_unclaimed))
    would_be_broken_.insert(finding.requirement->id);
}

std::set<std::string> Knowledge::notes(const scenario::Profile& profile,
                                       const trace::Trace& trace) const {
  std::set<std::string> notes;
  for (const trace::Device& device : trace.devices) {
    const auto model = observed::grp26xx_named_in(device.user_agent);
    if (device.under_test && !profile.claims_guide() && !model.empty())
      notes.insert(fmt::format("User-Agent names a {}: the guide's rows are judged", model));
  }
  if (lacks_guide_claim_)
    notes.insert(fmt::format("{}: its rows are for information", check::unclaimed_guide));
  for (const std::string_view requirement : lacks_password_)
    notes.insert(fmt::format("{}: {}", requirement, check::unverified_credentials));
  if (!would_be_broken_.empty())
    notes.insert(
        fmt::format("of a phone that claims the guide (profile key vendor_claims) these would be "
                    "broken: {}",
                    fmt::join(would_be_broken_, ", ")));
  return notes;
}

}  // namespace sipharness::judge
