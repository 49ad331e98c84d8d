#include "harness/trace/looked_up_names.hpp"

#include <algorithm>
#include <iterator>

#include "harness/sip/text.hpp"

namespace sipharness::trace {

LookedUpNames::LookedUpNames(const std::vector<Lookup>& lookups) {
  for (const Lookup& lookup : lookups)
    for (const dns::Answer& answer : lookup.message.answers)
      behind_[lookup.message.name].insert(Endpoint{answer.address, 0});
}

bool LookedUpNames::leads_to_both(std::string_view name, const IpAddress& a,
                                  const IpAddress& b) const {
  std::string lower;
  std::ranges::transform(name, std::back_inserter(lower), sip::lower);
  const auto found = behind_.find(lower);
  return found != behind_.end() && found->second.contains({a, 0}) && found->second.contains({b, 0});
}

}  // namespace sipharness::trace
