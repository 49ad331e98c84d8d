#include "harness/observed/own_byes.hpp"

#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

std::vector<OwnBye> find_own_byes(const Phone& phone) {
  std::vector<OwnBye> found;
  for (const Transaction& bye : transactions(phone)) {
    if (bye.method != sip::Method::bye || bye.direction != Direction::from_device) continue;
    const auto& of = dialogs_of(phone, opening(phone, bye).sip);
    if (!of.empty()) found.push_back({&bye, of.front()});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const OwnBye& own) {
  return evidence_of(phone, *own.bye);
}

}  // namespace sipharness::observed
