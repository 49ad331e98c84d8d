#pragma once
// Requests within calls that went to the other server of the account: not to the one that the call
// is with, and nowhere that its route set or remote target leads.
// @source RFC 3261 §8.1.2, §12.2.1.1

#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/dialogs.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct Stray {
  const Dialog* dialog = nullptr;
  const Message* request = nullptr;
  std::string_view next_hop;  ///< where it had to go
  /// The capture tells that it leads elsewhere. A name may stand for both servers; behind a load
  /// balancer so may an address that is not the server's own.
  bool is_certain = true;
};

std::vector<Stray> find_strays(const Phone& phone);
/// By dialog, every transmission.
inline const std::vector<Stray>& strays(const Phone& phone) {
  return phone.derived<find_strays>();
}

/// Those of one dialog, by time.
const std::vector<const Stray*>& strays_of(const Phone& phone, const Dialog& dialog);
/// The first of them that is certain, else the first; null if there is none.
const Stray* worst_stray_of(const Phone& phone, const Dialog& dialog);
/// The first request that certainly strayed in the dialog that this 2xx made; null if none did.
const Message* astray_after(const Phone& phone, std::size_t answer);
/// That message of the dialog, if it is one; else null.
const Stray* stray_at(const Phone& phone, const Dialog& dialog, std::size_t message);

/// "BYE of a call over the primary went to the secondary", and of an uncertain one what would tell.
std::string describe(const Stray& stray);

}  // namespace sipharness::observed
