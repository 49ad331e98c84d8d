#pragma once
// What a phone asked its name servers about the servers that its scenario gives by name.
// @source RFC 3263 §4.1, §4.2

#include <string_view>
#include <vector>

#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// A server with a name and the first REGISTER for it, wherever that went.
struct NamedServer {
  const scenario::Server* server = nullptr;
  const Message* request = nullptr;
  const trace::Lookup* wanted = nullptr;  ///< the newest question before it that was to be asked
  const trace::Lookup* seen = nullptr;    ///< that, or where SRV was, that for addresses alone
};

std::vector<NamedServer> find_named_servers(const Phone& phone);
/// In the order of the scenario: a foreign capture does not tell what the device was given.
inline const std::vector<NamedServer>& named_servers(const Phone& phone) {
  return phone.derived<find_named_servers>();
}

/// The REGISTER and the lookup that is seen.
Evidence evidence_of(const Phone& phone, const NamedServer& named);

}  // namespace sipharness::observed
