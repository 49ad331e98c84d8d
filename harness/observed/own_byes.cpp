#include "harness/observed/own_byes.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "harness/observed/midcall.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

std::vector<OwnBye> find_own_byes(const Phone& phone) {
  std::unordered_map<std::string_view, std::vector<const ConfirmedDialog*>> by_call_id;
  for (const ConfirmedDialog& dialog : dialogs(phone))
    by_call_id[dialog.call_id].push_back(&dialog);
  std::vector<OwnBye> found;
  for (const Transaction& bye : transactions(phone)) {
    if (bye.method != sip::Method::bye || bye.direction != Direction::from_device) continue;
    const sip::MessageView& request = opening(phone, bye).sip;
    const auto of_call = by_call_id.find(request.call_id());
    if (of_call == by_call_id.end()) continue;
    const auto dialog = std::ranges::find_if(
        of_call->second,
        [&](const ConfirmedDialog* candidate) { return is_in(request, *candidate); });
    if (dialog != of_call->second.end()) found.push_back({&bye, *dialog});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const OwnBye& own) {
  return evidence_of(phone, *own.bye);
}

}  // namespace sipharness::observed
