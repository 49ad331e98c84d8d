#include "harness/sip/transport/transport.hpp"

namespace sipharness::sip {

Hop response_hop(const MessageView& request, const Hop& arrived) {
  constexpr std::uint16_t default_port = 5060;
  const Via& via = request.via();
  if (arrived.transport == Transport::tcp || via.has_rport) return arrived;
  Hop back = arrived;
  back.remote.port = via.port != 0 ? via.port : default_port;
  return back;
}

}  // namespace sipharness::sip
