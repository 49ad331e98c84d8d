#pragma once
// What was seen: the SIP messages of a capture with time, endpoints and frame, who sent them, and
// the journal's word on their fate. The trace owns all bytes; it is built once and read by checks.
//  1. Messages stand in capture order; `index` is the position in `messages`, or in what
//     messages_of() gives.
//  2. What came to a SIP port and is neither SIP nor a keep-alive is in `malformed`; a SIP message
//     with a problem is in `messages` and in `malformed`.
//  3. Times are CaptureTime; `zero` is scenario zero (first message where there is no journal).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/expected.hpp"
#include "harness/base/time.hpp"
#include "harness/capture/capture_file.hpp"
#include "harness/capture/decoder.hpp"
#include "harness/dns/message.hpp"
#include "harness/journal/journal.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sip/message.hpp"
#include "harness/trace/byte_store.hpp"
#include "harness/trace/census.hpp"
#include "harness/trace/health.hpp"
#include "harness/trace/keep_alive_times.hpp"
#include "harness/trace/message_list.hpp"
#include "harness/trace/partition.hpp"

namespace sipharness::trace {

/// Where the capture was taken (rows that need what the device received fail from `device` only).
enum class Vantage : std::uint8_t { device, server, unknown };

std::string_view to_string(Vantage vantage);

/// What a scenario calls another machine of the primary.
inline constexpr std::string_view spare = "spare";

std::string_view to_string(ServerRole role);  ///< "primary", "secondary", ""
/// The reverse; a scenario's spare is another machine of the primary. None for any other name.
ServerRole role_of(std::string_view server);

/// Where it is known from who is who.
enum class KnownFrom : std::uint8_t { inferred, profile, journal, named };

std::string_view to_string(KnownFrom from);

struct Known {
  KnownFrom from = KnownFrom::inferred;
  std::string why{};  ///< of what is inferred: what the traffic shows
};

/// Bytes on a SIP port that do not parse, or a message with a problem.
struct Malformed {
  std::uint32_t frame = 0;
  CaptureTime at;
  Transport transport = Transport::udp;
  Endpoint source;
  Endpoint destination;
  Direction direction = Direction::elsewhere;
  sip::Problem problem;
  std::string_view bytes;
};

/// ICMP or RST that reached the device for something it sent.
struct TransportFailure {
  std::uint32_t frame = 0;
  CaptureTime at;
  Transport transport = Transport::udp;
  Endpoint device;
  Endpoint destination;
  ServerRole server = ServerRole::none;
};

/// SYN, established, FIN, RST of a stream between a device and a server.
struct StreamMark {
  std::uint32_t frame = 0;
  CaptureTime at;
  Endpoint source;
  Endpoint destination;
  ServerRole server = ServerRole::none;
  capture::StreamEvent event = capture::StreamEvent::syn;
};

/// A DNS message between a device and its name server.
struct Lookup {
  std::uint32_t frame = 0;
  CaptureTime at;
  Endpoint source;
  Endpoint destination;
  dns::Message message;
  std::vector<dns::Record> records{};  ///< of a response
};

/// Device::known of one that was only seen to answer.
inline constexpr std::string_view only_answers = "only answers";

struct Device {
  std::string name = "phone";
  std::string user;                 ///< of its AOR
  std::vector<Endpoint> addresses;  ///< sources it sent from
  std::string user_agent;
  bool under_test = true;  ///< else it only came by, and nobody judges it
  bool is_stranger = false;
  Known known{};
  /// Another device registers the same account, and whether both may be the one under test.
  std::string shares_account{};
  bool is_told_apart = true;  ///< from that one, by its User-Agent
};

/// An endpoint that speaks SIP and is neither a device nor a server of one.
struct Bystander {
  std::string_view part;  ///< "proxy", "upstream server", "unknown server"
  Endpoint endpoint;
  std::string why;
};

/// An action of the run that was not delivered to the device (requirements §0.2, rule i).
struct UndeliveredAction {
  CaptureTime at;
  journal::Action action;
  std::string what;  ///< the driver's last word on it; empty: it said nothing
};

/// A server may have several addresses: then it stands there several times.
struct Server {
  ServerRole role = ServerRole::none;
  Endpoint endpoint;
  Known known{};
};

/// Other roles that the traffic allows, where those taken are guessed.
struct OtherRoles {
  std::vector<Server> servers;
  std::string taken;    ///< "taken for primary: 192.0.2.20:5060 (guessed: first REGISTER)"
  std::string instead;  ///< "with the roles the other way round"
  std::string option;   ///< what settles it: "--primary and --secondary name them"
  /// The traffic speaks for the roles taken: a device that breaks a requirement there breaks one
  /// the other way round too.
  bool is_unlikely = false;
  /// They are another setting of the device: what an RFC asks is the same with either.
  bool concerns_settings_alone = false;
};

class Trace {
 public:
  std::optional<capture::CaptureFile> file;  ///< owns, with
  ByteStore bytes;                           ///< this, every view below
  MessageList messages;
  std::vector<Malformed> malformed;
  std::vector<TransportFailure> transport_failures;
  std::vector<StreamMark> stream_marks;
  std::vector<Lookup> lookups;
  std::vector<Device> devices;
  std::vector<Server> servers;
  std::vector<OtherRoles> other_roles;  ///< empty: the roles are known
  std::vector<Bystander> bystanders;
  journal::Journal journal;                            ///< empty for a foreign capture
  std::vector<UndeliveredAction> undelivered_actions;  ///< taken out of the journal
  /// By frame, what a rule of the scenario changed in a server's message: "Contact, received".
  std::map<std::uint32_t, std::string> rewritten;
  Health health;
  Census census;                     ///< what it holds besides the SIP in `messages`
  std::vector<std::string> remarks;  ///< on the capture; no verdict hangs on them
  std::uint64_t keep_alives = 0;     ///< to and from SIP ports
  KeepAliveTimes keep_alive_times;
  std::uint64_t copies = 0;  ///< SIP messages that were captured twice
  Vantage vantage = Vantage::unknown;
  capture::DecoderCounts counts;
  CaptureTime zero;    ///< scenario zero
  CaptureTime first;   ///< first frame
  CaptureTime last;    ///< last frame, or the journal's end if later
  bool ended = false;  ///< the journal holds Ended, or there is no journal

  /// The capture time of a journal entry.
  CaptureTime time_of(const journal::Entry& entry) const { return zero + entry.at; }
  /// The device of that name, as journal and trace call it; devices.size() if there is none.
  std::size_t device_named(std::string_view name) const;
  bool has_journal() const { return !journal.empty(); }
  bool has_server(ServerRole role) const;
  /// What one device sent or was sent, indexed anew, with what it exchanged with others than the
  /// servers. What goes from device to device has its direction as that device sees it.
  std::vector<Message> messages_of(std::size_t device) const;
  Partition partition;  ///< which of all these is whose
};

/// Whose traffic is judged, where others may come by.
struct Tested {
  /// User parts of their AORs; empty: of the first device that registers.
  std::vector<std::string> users;
  bool or_everyone = false;  ///< where none of these is there
};

struct BuildOptions {
  std::vector<std::string> captures;  ///< paths of files that belong together
  journal::Journal journal;
  /// Its servers have addresses; nothing for a foreign capture: roles are then inferred.
  const scenario::Scenario* scenario = nullptr;
  Vantage vantage = Vantage::unknown;
  /// Named by hand: these are all there are, whatever scenario and traffic say. Empty: not named.
  std::vector<Server> servers{};
  std::optional<Tested> tested{};  ///< nothing: every device is
};

/// Reads, decodes, parses, resolves the journal's packet names, judges the capture's health.
Expected<Trace> build_trace(BuildOptions options);

}  // namespace sipharness::trace
