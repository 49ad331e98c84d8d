#include "harness/sip/transport.hpp"
#include "harness/sip/via.hpp"

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
  const std::string_view bytes = request.bytes();
  if (!request.has(HeaderId::via)) return std::string(bytes);
  const std::string_view via = request.header(HeaderId::via);
  const auto start = static_cast<std::size_t>(via.data() - bytes.data());
  const std::string value = stamped_via(via, source);
  std::string stamped;
  stamped.reserve(bytes.size() - via.size() + value.size());
  stamped.append(bytes.substr(0, start)).append(value).append(bytes.substr(start + via.size()));
  return stamped;
}

}  // namespace sipharness::sip
