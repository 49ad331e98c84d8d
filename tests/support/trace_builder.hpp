#pragma once
// Writes traces as text, for tests of trace and check: whole SIP messages with sane defaults, any
// part of which a test may replace, plus the journal of the run they belong to. The result goes
// through the same assembler as a capture file.
//
//   TraceBuilder t;
//   t.healthy_registrations(0s);
//   const auto invite = t.at(5s).from_device(primary).request("INVITE");
//   t.retransmissions(invite, {500ms, 1500ms, 3500ms});
//   t.at(5100ms).to_device(primary).response(180);
//   const trace::Trace trace = t.build();
//
//  1. The device is 127.0.0.1:5062 with user 1001, the primary 127.0.0.11:5070, the secondary
//     127.0.0.12:5080; the far end is 1002.
//  2. Nothing needs to be written in time order; frames are numbered in time order by build().
//  3. at(), from_device(), to_device(), over() and device() hold until they are called again.
//  4. A response answers the last request that went the other way between the same two, unless
//     `.to` names one. ACK, CANCEL, BYE and requests in a dialog belong to the last INVITE with
//     that server, unless `.in` names one.
//  5. The journal begins with Clock and ends with CaptureCount and Ended, unless a test says
//     otherwise.

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/trace/assembler.hpp"

namespace sipharness::test_support {

inline constexpr auto primary = trace::ServerRole::primary;
inline constexpr auto secondary = trace::ServerRole::secondary;

/// Scenario zero of every built trace: 2024-01-01T00:00:00Z.
inline constexpr CaptureTime epoch{std::chrono::seconds(1704067200)};

/// Names a message written so far.
using MessageId = std::size_t;

/// What differs from the default in one message.
struct Fields {
  std::optional<std::uint32_t> cseq{};
  std::optional<std::chrono::seconds> expires{};  ///< in Contact for a 2xx, else the Expires header
  std::string number{};                           ///< whom an INVITE calls: "1002"
  std::string uri{};                              ///< Request-URI
  std::string branch{};
  std::string call_id{};
  std::string from_tag{};
  std::string to_tag{};
  std::string contact{};  ///< the URI, without angle brackets; "*" as it is
  std::string reason{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< replace, or are added
  std::vector<std::string> without{};                          ///< header names to leave out
  std::string body{};
  std::string content_type{};
  std::optional<MessageId> to{};  ///< of a response: the request it answers
  std::optional<MessageId> in{};  ///< of a request: the INVITE whose call it belongs to
};

class TraceBuilder {
 public:
  TraceBuilder();

  // --- When, where, who ---
  TraceBuilder& at(Duration time);
  TraceBuilder& from_device(trace::ServerRole server);
  TraceBuilder& to_device(trace::ServerRole server);
  TraceBuilder& over(Transport transport);
  /// The device that later messages come from and go to.
  TraceBuilder& device(std::string user, const Endpoint& endpoint);

  // --- What was on the wire ---
  MessageId request(std::string_view method, const Fields& fields = {});
  MessageId response(int status, const Fields& fields = {});
  MessageId raw(std::string_view bytes);
  /// Bytes of the device to somewhere that is no server.
  MessageId stray(std::string_view bytes, const Endpoint& destination);
  /// The same bytes again, at the current time, between the same two.
  MessageId repeat(MessageId message);
  /// The message goes to this port of the same machine instead.
  void redirect(MessageId message, std::uint16_t port);
  /// The same bytes again at these offsets from the first transmission.
  void retransmissions(MessageId message, const std::vector<Duration>& offsets);
  /// ICMP port unreachable for a message, at the current time.
  void icmp(MessageId message);
  void stream_event(capture::StreamEvent event);
  /// The device's question to the name server 127.0.0.13:53.
  void lookup(std::string name, dns::RecordType type);
  /// What that name server says.
  void looked_up(dns::Message answer);
  void stream_gap();

  // --- Whole exchanges ---
  /// REGISTER and its 200; gives the REGISTER. The 200 comes `answer_after` later.
  MessageId registration(trace::ServerRole server, Duration time,
                         std::chrono::seconds expires = std::chrono::seconds(3600));
  /// At both servers, 10 ms apart.
  void healthy_registrations(Duration time,
                             std::chrono::seconds expires = std::chrono::seconds(3600));
  /// INVITE and its copies by Timer A, unanswered: 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s later.
  MessageId silent_invite(trace::ServerRole server, Duration time, const Fields& fields = {});
  /// INVITE at `time`, 180 20 ms later, 200 at +2 s, ACK at +2.01 s, BYE at +5 s, 200 at +5.02 s.
  MessageId complete_call(trace::ServerRole server, Duration time, const Fields& fields = {});
  /// Another phone, user 1077, that registers at both servers at `time` and a second later calls
  /// one that is busy. Comes last: the journal so far then names the device "phone-1001", as that
  /// of a run with two phones does.
  void bystander(Duration time);

  // --- The journal; entries stand at the current time ---
  void silent(trace::ServerRole server);
  void answering(trace::ServerRole server);
  void close_port(trace::ServerRole server);
  void open_port(trace::ServerRole server);
  void forget_bindings(trace::ServerRole server);
  void dial(std::string number = "1002");
  void hang_up();
  void action(std::string verb, std::string argument = {}, bool reported_ok = true);
  /// The server did not react to this message: the journal says so.
  void ignored(MessageId message, std::string rule = "test");
  void entry(const journal::Event& event);
  /// The run goes on until then (default: its last frame or entry).
  void ends(Duration time);
  void without_journal();
  /// A killed harness: no Ended.
  void without_end();

  // --- The capture as a whole ---
  void vantage(trace::Vantage vantage);
  void truncated_frame();
  void dropped(std::uint64_t frames);
  void fault(std::string text);
  /// Server roles are inferred as for a foreign capture.
  void infer_servers();

  /// May be called more than once.
  trace::Trace build();

  /// Of a message, after build().
  std::uint32_t frame(MessageId message) const;
  /// How many messages and other packets were written; they are named from 0 on.
  std::size_t packets() const { return packets_.size(); }
  Endpoint server_endpoint(trace::ServerRole server) const;
  const Endpoint& device_endpoint() const { return device_; }

 private:
  enum class Kind : std::uint8_t { message, icmp, stream_event, stream_gap };

  using Headers = std::vector<std::pair<std::string, std::string>>;

  struct Packet {
    Kind kind = Kind::message;
    Duration at{};
    Transport transport = Transport::udp;
    Endpoint source;
    Endpoint destination;
    std::string bytes;
    capture::StreamEvent event = capture::StreamEvent::syn;
    // What later messages take over from this one.
    bool is_request = false;
    std::string method;
    Headers headers;
    std::string final_to_tag;  ///< of an INVITE: of the last response with a To tag
    int final_status = 0;      ///< of an INVITE
    std::uint32_t frame = 0;
  };

  Packet packet(Kind kind) const;
  MessageId add(Packet packet);
  MessageId last_request(const Endpoint& source, const Endpoint& destination) const;
  MessageId invite_of(const Fields& fields) const;
  MessageId write(Packet packet, std::string start_line, const Fields& fields);
  std::string new_request_headers(std::string_view method, const Fields& fields, Headers& headers);
  std::string dialog_request_headers(std::string_view method, const Fields& fields,
                                     Headers& headers);
  void common_request_headers(std::string_view method, const Fields& fields, Headers& headers);
  Headers response_headers(int status, const Fields& fields, Packet& request);
  std::uint32_t next_cseq(const std::string& call_id);
  std::string contact(const Fields& fields) const;
  journal::Journal make_journal() const;
  static void feed(trace::TraceAssembler& assembler, const Packet& packet);

  std::vector<Packet> packets_;
  journal::Journal entries_;
  std::map<std::string, std::uint32_t> cseqs_;
  std::vector<std::string> faults_;
  Endpoint device_;
  std::string user_ = "1001";
  Duration now_{};
  trace::ServerRole server_ = primary;
  bool from_device_ = true;
  Transport transport_ = Transport::udp;
  std::optional<Duration> ends_;
  trace::Vantage vantage_ = trace::Vantage::device;
  std::uint64_t truncated_ = 0;
  std::uint64_t dropped_ = 0;
  unsigned serial_ = 0;
  bool with_journal_ = true;
  bool with_end_ = true;
  bool infer_servers_ = false;
};

}  // namespace sipharness::test_support
