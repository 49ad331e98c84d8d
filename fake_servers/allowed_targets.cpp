#include "fake_servers/allowed_targets.hpp"

#include <algorithm>

namespace fake_servers {

using sipharness::AddressPrefix;
using sipharness::IpAddress;

bool AllowedTargets::allow(const IpAddress& target, const IpAddress& peer, std::string_view what) {
  if (target == peer) return true;
  const auto holds = [&](const AddressPrefix& prefix) { return prefix.contains(target); };
  if (std::ranges::any_of(named_, holds)) return true;
  tell(target, peer, what);
  return false;
}

void AllowedTargets::tell(const IpAddress& target, const IpAddress& peer, std::string_view what) {
  if (told_.size() == most_told || !told_.emplace(target, what).second) return;
  journal_.write(
      sipharness::journal::Diverted{server_, std::string(what), target.text(), peer.text()});
}

}  // namespace fake_servers
