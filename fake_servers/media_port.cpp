#include "fake_servers/media_port.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"

namespace fake_servers {

std::optional<sipharness::Endpoint> MediaPort::open() {
  try {
    if (!port_) port_ = world_.open_datagram({address_, 0}, *this);
    return port_->local();
  } catch (const sipharness::SetupError& error) {
    if (!std::exchange(is_told_, true))
      journal_.write(sipharness::journal::Remark{
          fmt::format("calls of the {} carry no RTP: {}", server_, error.what())});
    return std::nullopt;
  }
}

}  // namespace fake_servers
