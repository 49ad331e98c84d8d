#include "harness/observed/cseq_numbers.hpp"

#include <iterator>

#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

CseqNumbers::CseqNumbers(const Phone& phone, sip::Method method) {
  for (const Transaction& transaction : transactions(phone)) {
    const bool is_asked = method == sip::Method::unknown || transaction.method == method;
    if (!is_asked || transaction.direction != Direction::from_device) continue;
    const sip::MessageView& request = opening(phone, transaction).sip;
    numbers_[request.call_id()].insert(request.cseq());
  }
}

bool CseqNumbers::is_next(std::string_view call_id, std::uint32_t before, std::uint32_t now) const {
  const auto used = numbers_.find(call_id);
  if (used == numbers_.end() || now <= before) return false;
  const auto between =
      std::distance(used->second.upper_bound(before), used->second.lower_bound(now));
  return static_cast<std::uint32_t>(between) == now - before - 1;
}

CseqNumbers find_cseq_numbers(const Phone& phone) {
  return {phone, sip::Method::unknown};
}

}  // namespace sipharness::observed
