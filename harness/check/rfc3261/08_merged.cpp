// A request that reaches the device on two ways. @source RFC 3261 §8.2.2.2

#include "harness/check/families.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/merged_requests.hpp"
#include "harness/observed/policy.hpp"

namespace sipharness::check {
namespace {

void is_refused_as_merged(const Phone& phone, const MergedRequest& merged, Occurrence& it) {
  const std::string what = describe(phone, merged);
  const auto response = response_above_100(phone, *merged.copy);
  if (!response) {
    const CaptureTime due = opening(phone, *merged.copy).at + policy::time_to_ring;
    if (phone.trace.last > due && response_above_100(phone, *merged.first) &&
        !was_unreachable(phone, *merged.copy))
      it.violated_unless_lost(what + " was not answered");
    return;
  }
  const int status = phone.message(*response).sip.status();
  if (has_other_reason(phone, merged, status)) return;
  it.cite(*response);
  if (status == 482)
    it.pass(what + " got 482");
  else if (status < 200)
    it.violated(what + " rang as a call of its own");
  else if (status != 487)  // else it was given up before
    it.violated("{} got {}", what, status);
}

const std::array rfc3261_8_merged{
    Rule{.row = {.id = "RFC3261-UAS-MERGE",
                 .clause = "RFC 3261 §8.2.2.2",
                 .severity = Severity::should,
                 .sentence = "A request that comes once more on another way while the first is "
                             "going on is refused with 482.",
                 .observed = "An INVITE, or any other request outside dialogs, of the other server "
                             "or on another branch, with Call-ID, From tag, CSeq and callee of one "
                             "that is not over, is answered 482 and rings no second time.",
                 .tolerance = "policy: 4 s"},
         .needs = {"a request that comes on two ways", Blame::harness},
         .judge = each<merged_requests, is_refused_as_merged>},
};

}  // namespace

std::span<const Rule> rfc3261_8_merged_rules() {
  return rfc3261_8_merged;
}

}  // namespace sipharness::check
