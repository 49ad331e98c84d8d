#pragma once
// Puts TCP segments in order, each direction by itself, and tells the sink what a reader of the
// stream would have got and when. Copies and overlaps are trimmed (the first bytes seen count). A
// hole that the other side acknowledges is one of the capture, not of the network: it is told as a
// gap, and reading goes on behind it. Connections and buffered bytes are bounded.
// @source RFC 9293 §3.4 (sequence numbers), §3.10.7.4

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "harness/capture/decoder.hpp"
#include "harness/packet/decode.hpp"

namespace sipharness::capture {

class TcpStreams {
 public:
  explicit TcpStreams(TrafficSink& sink) : sink_(sink) {}

  void take(const Origin& origin, const packet::TcpHeader& segment);

 private:
  struct Flow {
    Endpoint source;
    Endpoint destination;
    bool operator==(const Flow&) const = default;
  };
  struct FlowHash {
    std::size_t operator()(const Flow& flow) const;
  };
  /// Orders sequence numbers that lie within 2^31 of each other.
  struct SequenceOrder {
    bool operator()(std::uint32_t a, std::uint32_t b) const {
      return static_cast<std::int32_t>(a - b) < 0;
    }
  };
  struct Stream {
    std::optional<std::uint32_t> next;  ///< sequence number of the next byte to deliver
    std::optional<std::uint32_t> syn;   ///< sequence number of the last SYN
    std::optional<std::uint32_t> fin;   ///< sequence number of the FIN
    bool is_finished = false;
    std::map<std::uint32_t, std::string, SequenceOrder> early;  ///< arrived before their turn
    std::size_t early_bytes = 0;
  };

  Stream& stream(const Flow& flow);
  void take_syn(const Origin& origin, const packet::TcpHeader& segment);
  void take_reset(const Origin& origin);
  void take_acknowledgement(const Origin& origin, std::uint32_t acknowledged);
  void take_bytes(const Origin& origin, Stream& stream, const packet::TcpHeader& segment);
  void keep_early(const Origin& origin, Stream& stream, const packet::TcpHeader& segment);
  void deliver(const Origin& origin, Stream& stream, std::uint32_t sequence,
               std::string_view bytes);
  void deliver_early(const Origin& origin, Stream& stream);
  void skip_hole(const Origin& origin, Stream& stream);
  void finish_if_complete(const Origin& origin, Stream& stream);

  TrafficSink& sink_;
  std::unordered_map<Flow, Stream, FlowHash> streams_;
};

}  // namespace sipharness::capture
