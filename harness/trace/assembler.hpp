#pragma once
// Turns what a decoder saw into a trace. build_trace() feeds it from a capture file, tests feed it
// from text; roles, directions, malformed bytes and health are decided here and nowhere else.
//  1. A UDP payload is SIP traffic if it begins like SIP, or if either end is an endpoint known to
//     speak SIP (a server of the scenario; in a foreign capture, whoever sent or received SIP).
//  2. Keep-alives are skipped, counted and their times kept; the records of a stream of TLS or
//     WebSocket are counted.
//  3. A stream is read from its beginning, however its start line is cut into segments; where the
//     capture lacks that, or has a gap, from the next start line.
//  4. What is missing, refused or unreadable counts where SIP was spoken.
//  5. finish() is called once, after the last packet.
// @source ALG-MSG: requirements §0.4

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "harness/capture/decoder.hpp"
#include "harness/sip/transport/stream_framer.hpp"
#include "harness/trace/holes.hpp"
#include "harness/trace/media_clocks.hpp"
#include "harness/trace/payload_records.hpp"
#include "harness/trace/silence.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {

struct AssembleOptions {
  journal::Journal journal;
  std::vector<Server> servers;  ///< of the scenario; empty: inferred from the traffic
  Vantage vantage = Vantage::unknown;
  std::optional<Endpoint> name_server{};  ///< of the scenario, besides the well-known port
  std::optional<Tested> tested{};
  std::optional<capture::CaptureFile> file{};  ///< which the packets come from, if from a file
};

/// What the capture file as a whole was like.
struct CaptureSummary {
  capture::DecoderCounts counts;
  CaptureTime first;  ///< first frame
  CaptureTime last;   ///< last frame
  std::vector<Fault> faults;
  std::vector<std::string> remarks{};
  std::vector<Silence> silences{};  ///< by time
};

class TraceAssembler final : public capture::TrafficSink {
 public:
  explicit TraceAssembler(AssembleOptions options);

  void on_datagram(const capture::Origin& origin, std::string_view payload) override;
  void on_stream_bytes(const capture::Origin& origin, std::string_view bytes) override;
  void on_stream_event(const capture::Origin& origin, capture::StreamEvent event) override;
  void on_stream_gap(const capture::Origin& origin) override;
  void on_icmp(const capture::IcmpError& error) override;
  void on_incomplete(const capture::Incomplete& packet) override;
  void on_copy(const capture::Origin& origin, std::string_view payload) override;
  void on_undecoded(const capture::Origin& origin, std::string_view protocol) override;

  Trace finish(const CaptureSummary& summary) &&;

 private:
  struct Flow {
    Endpoint source;
    Endpoint destination;
    bool operator==(const Flow&) const = default;
  };
  struct FlowHash {
    std::size_t operator()(const Flow& flow) const;
  };
  /// policy: larger than any message of a device, smaller than what a hostile stream could claim.
  static constexpr std::size_t max_stream_message = std::size_t{1} << 20U;

  enum class Content : std::uint8_t { unknown, sip, tls, websocket, http, hep };

  struct Stream {
    sip::StreamFramer framer{max_stream_message};
    Content content = Content::unknown;
    std::optional<Endpoint> server{};  ///< of a stream that is not SIP
    std::string names{};               ///< the beginning of a DNS message
    bool is_at_beginning = true;       ///< nothing is known of it but `beginning`
    std::string beginning{};           ///< a part of what may be a start line
    /// Whether the framer has everything since a message began. It has not when the capture missed
    /// the stream's beginning or a part of it; then it waits for bytes that begin like SIP.
    bool in_step = false;
  };

  bool is_sip_endpoint(const Endpoint& endpoint) const { return sip_endpoints_.contains(endpoint); }
  bool concerns_names(const capture::Origin& origin) const;
  bool concerns_sip(const capture::Origin& origin) const;
  void open_stream(const Endpoint& source, const Endpoint& destination);
  void add_lookup(const capture::Origin& origin, std::string_view message);
  void read_lookups(Stream& stream, const capture::Origin& origin, std::string_view bytes);
  static bool waits_for_start_line(Stream& stream, std::string_view bytes);
  void leave_beginning(Stream& stream, const capture::Origin& origin);
  void recognise(Stream& stream, const capture::Origin& origin, std::string_view bytes);
  void read_stream(Stream& stream, const capture::Origin& origin, std::string_view bytes);
  void pass_over_unframed(Stream& stream, const capture::Origin& origin,
                          const sip::StreamPiece& piece);
  void note_keep_alive(const capture::Origin& origin);
  void skip_keep_alive(const capture::Origin& origin, Transport transport, std::string_view bytes);
  void close_stream(const capture::Origin& origin, capture::StreamEvent event);
  void add(const capture::Origin& origin, Transport transport, std::string_view bytes);
  void add_malformed(const capture::Origin& origin, Transport transport,
                     const sip::Problem& problem, std::string_view bytes);
  void record_payload(const capture::Origin& origin, Transport transport, std::string_view bytes,
                      std::size_t message);

  Trace trace_;
  std::unordered_set<Endpoint, EndpointHash> sip_endpoints_;
  std::unordered_map<Flow, Stream, FlowHash> streams_;
  PayloadRecords payload_records_;
  Holes holes_;
  MediaClocks media_clocks_;
  bool infer_roles_ = false;
  std::optional<Endpoint> name_server_;
  std::optional<Tested> tested_;
};

}  // namespace sipharness::trace
