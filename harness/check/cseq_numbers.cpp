#include "harness/check/cseq_numbers.hpp"

#include <iterator>

namespace sipharness::check {

CseqNumbers::CseqNumbers(const Context& context, sip::Method method) {
  for (const trace::Transaction& transaction : context.transactions) {
    const bool is_asked = method == sip::Method::unknown || transaction.method == method;
    if (!is_asked || transaction.direction != trace::Direction::from_device) continue;
    const sip::MessageView& request = context.opening(transaction).sip;
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

}  // namespace sipharness::check
