#pragma once
// The time to live of packets in a capture: it tells how many routers they had passed.

#include <cstdint>
#include <map>

#include "harness/base/endpoint.hpp"
#include "harness/capture/capture_file.hpp"

namespace sipharness::story {

/// TTL (IPv4) or hop limit (IPv6) of these frames, read anew, by frame. Left out are those whose
/// packet has another source than the one given: they came through a tunnel.
std::map<std::uint32_t, unsigned> ttl_of_frames(const capture::CaptureFile& file,
                                                const std::map<std::uint32_t, IpAddress>& frames);

/// What hosts begin with: a packet that has it passed no router.
bool is_ttl_as_sent(unsigned ttl);

}  // namespace sipharness::story
