#pragma once
// Where the frames of a real-time run come from: libpcap on the interface of the servers, or the
// tap on our own sockets where capturing is not permitted (said in the journal and so in the
// result).

#include <memory>
#include <string>

#include "harness/host/capture/live_capture.hpp"
#include "harness/host/real_world.hpp"
#include "harness/journal/journal.hpp"
#include "harness/stage/options.hpp"

namespace sipharness::stage {

class CaptureSource {
 public:
  /// Decides between live and tap. Throws SetupError if live was asked for and is not possible.
  CaptureSource(CaptureMode mode, const scenario::Scenario& scenario);
  ~CaptureSource();

  const std::string& interface() const { return interface_; }
  const std::vector<IpAddress>& hosts() const { return hosts_; }
  packet::LinkType link() const { return packet::LinkType::ethernet; }
  void start(host::RealWorld& world, packet::FrameSink& sink);
  /// Why the kernel has ended the capture; empty while it goes on.
  std::string failure() const { return capture_ ? capture_->statistics().failure : ""; }
  /// Hands over what is still under way and stops; the capture's own account but for the frames.
  journal::CaptureCount stop(host::RealWorld& world);

 private:
  std::string interface_;
  std::vector<IpAddress> hosts_;
  bool live_ = true;
  std::string note_;
  std::unique_ptr<host::LiveCapture> capture_;
};

}  // namespace sipharness::stage
