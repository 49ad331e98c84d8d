#pragma once
// What all sockets of one RealWorld share: the reactor, the timers, the tap, buffers. Ports and
// streams hold a reference; the engine outlives them.

#include <array>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "harness/host/capture/datagram_tap.hpp"
#include "harness/host/capture/frame_emitter.hpp"
#include "harness/host/capture/stream_tap.hpp"
#include "harness/host/net/reactor.hpp"
#include "harness/host/net/receive_batch.hpp"
#include "harness/host/net/send_batch.hpp"
#include "harness/host/net/socket.hpp"
#include "harness/host/net/timer_queue.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  TimePoint now() const { return reactor_.now(); }
  [[nodiscard]] world::Timer call_at(TimePoint at, std::function<void()> call);
  /// See RealWorld::run.
  void run(TimePoint until, const std::function<bool()>& done);
  /// Forgets a TCP connection without a word (Stream::vanish); what still comes for it draws RST.
  void abandon(Descriptor socket);

  /// Told once of the first time that descriptors did not suffice.
  void on_shortage(std::function<void(const std::string&)> tell) { shortage_ = std::move(tell); }
  /// `consequence`: "connections to 127.0.0.11:5070 are refused".
  void tell_shortage(const std::string& consequence);

  Reactor& reactor() { return reactor_; }
  FrameEmitter& frames() { return frames_; }
  DatagramTap& datagram_tap() { return datagram_tap_; }
  StreamTap& stream_tap() { return stream_tap_; }
  ReceiveBatch& receive_batch() { return receive_batch_; }
  SendBatch& send_batch() { return send_batch_; }
  std::array<char, 65536>& stream_bytes() { return stream_bytes_; }

 private:
  struct AbandonedSocket {
    Descriptor socket;
    std::unique_ptr<Reactor::Watch> watch;
  };

  void set_alarm();
  void run_due_timers();

  Reactor reactor_{[this] { run_due_timers(); }};
  TimerQueue timers_;
  std::optional<TimePoint> alarm_;
  std::function<bool()> stop_;
  std::function<void(const std::string&)> shortage_;
  FrameEmitter frames_;
  DatagramTap datagram_tap_{frames_};
  StreamTap stream_tap_{frames_};
  ReceiveBatch receive_batch_;
  SendBatch send_batch_;
  std::array<char, 65536> stream_bytes_;
  std::list<AbandonedSocket> abandoned_;
};

}  // namespace sipharness::host
