#include "harness/sip/via.hpp"

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

std::string stamp_via(const MessageView& request, const Endpoint& source) {
  std::string bytes(request.bytes());
  if (!request.has(HeaderId::via)) return bytes;
  const std::string_view via = request.header(HeaderId::via);
  const auto start = static_cast<std::size_t>(via.data() - request.bytes().data());
  return bytes.replace(start, via.size(), stamped_via(via, source));
}

}  // namespace sipharness::sip
