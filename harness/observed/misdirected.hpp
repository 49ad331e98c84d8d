#pragma once
// Requests of servers that went elsewhere than the device said it is reached: to another address or
// port, or over another transport. Fake servers do that with an address which only a message names,
// servers in the field for a device behind a NAT. Whether such a request arrived shows only where
// the device answered one that went to the same place; else nothing is known of what it did with
// it.
// @source RFC 3261 §8.1.2, §12.2.1.1 (Route, remote target), §10.2.1 (Contact), §18.1.1 (maddr)

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

struct Misdirected {
  const Message* request = nullptr;
  std::string_view named;  ///< the URI of where it had to go
};

std::vector<Misdirected> find_misdirected_requests(const Phone& phone);
/// That nothing shows to have arrived, in capture order, every transmission.
inline const std::vector<Misdirected>& misdirected_requests(const Phone& phone) {
  return phone.derived<find_misdirected_requests>();
}

/// The one in that frame, or the first one of that call; null if there is none.
const Misdirected* misdirected_in_frame(const Phone& phone, std::uint32_t frame);
const Misdirected* misdirected_in_call(const Phone& phone, std::string_view call_id);

/// What went where, that nobody knows whether it arrived, and what lets a run find that out.
std::string describe(const Phone& phone, const Misdirected& misdirected);

}  // namespace sipharness::observed
