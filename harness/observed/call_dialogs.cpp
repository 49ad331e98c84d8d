#include "harness/observed/call_dialogs.hpp"

#include <algorithm>
#include <unordered_map>

#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

using DialogsOfCalls = std::unordered_map<const CallGroup*, std::vector<const Dialog*>>;

/// In the order in which they were confirmed.
DialogsOfCalls find_dialogs_of_calls(const Phone& phone) {
  DialogsOfCalls found;
  for (const Dialog* dialog : dialogs(phone))
    if (!dialog->incoming)
      if (const CallGroup* call = call_of(phone, *dialog->invite)) found[call].push_back(dialog);
  return found;
}

}  // namespace

const std::vector<const Dialog*>& dialogs_of(const Phone& phone, const CallGroup& call) {
  static const std::vector<const Dialog*> none;
  const auto& known = phone.derived<find_dialogs_of_calls>();
  const auto found = known.find(&call);
  return found == known.end() ? none : found->second;
}

std::vector<const Dialog*> dialogs_of(const Phone& phone, const MergedRequest& merged) {
  std::vector<const Dialog*> both;
  for (const Dialog* dialog :
       answered_dialogs_with(phone, opening(phone, *merged.copy).sip.call_id()))
    if (dialog->confirmed && (dialog->invite == merged.first || dialog->invite == merged.copy))
      both.push_back(dialog);
  std::ranges::sort(both, {}, &Dialog::confirmed);
  return both;
}

Duration longest_overlap(const Phone& phone, const std::vector<const Dialog*>& dialogs) {
  Duration longest{};
  CaptureTime others_until = CaptureTime::min();
  for (const Dialog* dialog : dialogs) {
    const CaptureTime until = dialog->ended.value_or(phone.trace.last);
    if (others_until > *dialog->confirmed)
      longest = std::max(longest, std::min(until, others_until) - *dialog->confirmed);
    others_until = std::max(others_until, until);
  }
  return longest;
}

}  // namespace sipharness::observed
