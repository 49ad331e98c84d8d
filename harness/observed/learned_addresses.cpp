#include "harness/observed/learned_addresses.hpp"

#include <map>
#include <utility>

namespace sipharness::observed {
namespace {

/// The first response that names each.
using FirstSeenUnder = std::map<std::pair<std::string_view, std::uint16_t>, std::size_t>;

FirstSeenUnder find_first_seen_under(const Phone& phone) {
  FirstSeenUnder found;
  for (const Message& message : phone.messages) {
    const sip::Via& via = message.sip.via();
    if (message.to_device() && message.sip.is_response() && via.rport)
      found.emplace(std::pair(via.received, *via.rport), message.index);
  }
  return found;
}

}  // namespace

bool was_seen_under(const Phone& phone, std::string_view host, std::uint16_t port,
                    std::size_t before) {
  const FirstSeenUnder& seen = phone.derived<find_first_seen_under>();
  const auto found = seen.find({host, port});
  return found != seen.end() && found->second < before;
}

}  // namespace sipharness::observed
