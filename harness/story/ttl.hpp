#pragma once
// The time to live of packets in a capture: it tells how many routers they had passed.

#include <cstdint>
#include <map>
#include <set>

#include "harness/capture/capture_file.hpp"

namespace sipharness::story {

/// TTL (IPv4) or hop limit (IPv6) of these frames, read anew; without those that hold no IP.
std::map<std::uint32_t, unsigned> ttl_of_frames(const capture::CaptureFile& file,
                                                const std::set<std::uint32_t>& frames);

/// What hosts begin with: a packet that has it passed no router.
bool is_ttl_as_sent(unsigned ttl);

}  // namespace sipharness::story
