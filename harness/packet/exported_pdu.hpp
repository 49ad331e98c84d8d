#pragma once
// What Wireshark exports of a layer above IP ("Export PDUs to File"): one message, with tags that
// say which protocol it is of and between whom it went.
/// @source Wireshark, wsutil/exported_pdu_tlvs.h

#include <optional>
#include <string_view>

#include "harness/base/endpoint.hpp"

namespace sipharness::packet {

struct ExportedPdu {
  std::string_view protocol;  ///< "sip", "ip"
  Endpoint source;            ///< with destination, zeros where there is no tag
  Endpoint destination;
  Transport transport = Transport::udp;
  std::string_view payload;
};

/// Nothing where the tags are broken.
std::optional<ExportedPdu> decode_exported_pdu(std::string_view frame);

}  // namespace sipharness::packet
