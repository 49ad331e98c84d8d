#pragma once
// Decodes the frames of a run once, while they are captured, for all who watch them: an observer
// gets SIP messages (datagrams, and messages cut out of streams), parsed.
//  1. Observers are called in the order in which they were given.
//  2. Views in the callbacks are valid during the call only.

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/capture/decoder.hpp"
#include "harness/sip/message.hpp"
#include "harness/sip/transport/stream_framer.hpp"

namespace sipharness::stage {

/// A datagram that is no keep-alive, or one message of a stream. It may be no SIP.
struct LiveMessage {
  const capture::Origin& origin;
  Transport transport = Transport::udp;
  std::string_view bytes;
  const sip::MessageView& sip;
};

class TrafficObserver {
 public:
  virtual ~TrafficObserver() = default;
  virtual void on_message(const LiveMessage& message) = 0;
  /// A datagram that only keeps a NAT binding open.
  virtual void on_keep_alive(const capture::Origin&) {}
  virtual void on_stream_event(const capture::Origin&, capture::StreamEvent) {}
  virtual void on_icmp(const capture::IcmpError&) {}
  virtual void on_arp() {}
};

class LiveDecoder final : public packet::FrameSink, private capture::TrafficSink {
 public:
  /// The observers outlive this.
  explicit LiveDecoder(std::vector<TrafficObserver*> observers)
      : observers_(std::move(observers)) {}
  void on_frame(const packet::FrameView& frame) override;

 private:
  void on_datagram(const capture::Origin& origin, std::string_view payload) override;
  void on_stream_bytes(const capture::Origin& origin, std::string_view bytes) override;
  void on_stream_event(const capture::Origin& origin, capture::StreamEvent event) override;
  void on_stream_gap(const capture::Origin&) override {}
  void on_icmp(const capture::IcmpError& error) override;
  void on_incomplete(const capture::Incomplete&) override {}

  void tell(const capture::Origin& origin, Transport transport, std::string_view bytes);

  std::vector<TrafficObserver*> observers_;
  std::map<std::pair<Endpoint, Endpoint>, sip::StreamFramer> streams_;
  capture::Decoder decoder_{*this};
};

}  // namespace sipharness::stage
