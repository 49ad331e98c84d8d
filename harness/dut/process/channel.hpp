#pragma once
// Commands to a softphone and news from it over its control connection, in the framing it wants.
//  1. Handlers are called from the world's loop only, and none of them destroys the channel.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/dut/process/netstring.hpp"
#include "harness/host/process/control_socket.hpp"
#include "harness/host/process/line_splitter.hpp"
#include "harness/scenario/drive.hpp"

namespace sipharness::dut {

class Channel {
 public:
  struct Handlers {
    std::function<void()> on_open;
    std::function<void(std::string_view text)> on_news;
    std::function<void(const std::string& why)> on_lost;  ///< once, then nothing more
  };
  /// `control` with its address filled in. Throws SetupError if that is no address.
  Channel(host::RealWorld& world, const scenario::Control& control, Handlers handlers);

  void send(const std::string& command);

 private:
  void on_bytes(std::string_view bytes);
  void lose(const std::string& why);

  scenario::Framing framing_;
  Handlers handlers_;
  bool lost_ = false;
  host::LineSplitter lines_;
  NetstringReader netstrings_;
  host::ControlSocket socket_;
};

}  // namespace sipharness::dut
