#include "harness/observed/names.hpp"

#include "harness/sip/uri.hpp"
#include "harness/trace/looked_up_names.hpp"

namespace sipharness::observed {
namespace {

trace::LookedUpNames find_looked_up_names(const Phone& phone) {
  return trace::LookedUpNames(phone.trace.lookups);
}

}  // namespace

std::optional<bool> leads_to(const Phone& phone, std::string_view uri,
                             const Endpoint& destination) {
  const auto target = sip::parse_uri(uri);
  if (!target) return std::nullopt;
  if (const auto endpoint = target->next_hop()) return *endpoint == destination;
  const auto leads = phone.derived<find_looked_up_names>().leads_to(
      std::string(target->next_host()), destination.address);
  if (leads != true) return leads;
  // Without a port an SRV record may name another one.
  return target->port == 0 || target->port == destination.port;
}

}  // namespace sipharness::observed
