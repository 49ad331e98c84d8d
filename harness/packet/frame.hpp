#pragma once
// One captured or synthesised frame as it lies in a capture file.

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/time.hpp"

namespace sipharness::packet {

/// Link layers a capture may have, by their pcap numbers (https://www.tcpdump.org/linktypes.html).
/// Those with a name are decoded; any other number may stand in a file.
enum class LinkType : std::uint16_t {
  null = 0,
  ethernet = 1,
  ppp = 9,
  raw_bsd = 12,
  raw_openbsd = 14,
  ppp_serial = 50,
  ppp_ethernet = 51,
  raw = 101,
  cisco_hdlc = 104,
  wifi = 105,
  loop = 108,
  linux_cooked = 113,
  wifi_radiotap = 127,
  ipv4 = 228,
  ipv6 = 229,
  nflog = 239,
  exported_pdu = 252,
  apple_pktap = 258,
  linux_cooked_2 = 276
};

/// A frame with its bytes borrowed.
struct FrameView {
  CaptureTime at;
  LinkType link = LinkType::ethernet;
  std::uint32_t original_length = 0;  ///< on the wire; more than bytes.size() if truncated
  std::string_view bytes;
  std::uint32_t number = 0;  ///< in its file, from 1; 0: by the order in which frames come
};

/// What takes frames as they happen: a capture file, an anchor watch, a test.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  virtual void on_frame(const FrameView& frame) = 0;
};

}  // namespace sipharness::packet
