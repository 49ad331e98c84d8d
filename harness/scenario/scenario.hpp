#pragma once
// A situation to stage, as a value: two servers and their rules, a timeline, what the device must
// be configured to, and what is expected. Read from JSON (scenario.schema.json documents the form);
// the effective scenario of a run has every address filled in and reads back to the same value.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/expected.hpp"
#include "harness/scenario/profile.hpp"
#include "harness/sip/auth/digest.hpp"
#include "harness/sip/method.hpp"

namespace sipharness::scenario {

// --- What a rule does to the requests it matches -------------------------------------------------

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// When a subscription's NOTIFY comes, seen from the 200 to its SUBSCRIBE.
enum class NotifyTime : std::uint8_t { after, before, never };
/// A subscription that its notifier ends.
struct Termination {
  Duration after{};                     ///< its 200
  std::optional<std::string> reason;    ///< as Subscription-State says it
  std::optional<Duration> retry_after;  ///< whole seconds
  bool operator==(const Termination&) const = default;
};
/// A proxy as Record-Route tells of it. @source RFC 3261 §16.6, §16.12.1.2
enum class Router : std::uint8_t { loose, strict };

struct Accept {                     ///< what a healthy registrar and notifier does
  std::optional<Duration> expires;  ///< grant this instead of what was asked
  bool expires_in_contact = true;   ///< as Contact parameter, else as Expires header
  HeaderList headers{};             ///< added to the 200
  NotifyTime notify = NotifyTime::after;
  std::optional<Termination> terminate{};
  std::vector<Router> record_route{};  ///< that a call seems to pass, the device's neighbour first
  bool checks_cseq = false;            ///< a REGISTER whose CSeq does not rise is refused
  bool operator==(const Accept&) const = default;
};
struct Drop {  ///< no reaction at all; the journal says ignored
  bool operator==(const Drop&) const = default;
};
struct Delay {  ///< every response that much later
  Duration by{};
  bool operator==(const Delay&) const = default;
};
struct Reject {
  int status = 503;
  std::string reason;
  HeaderList headers{};
  Duration after{};
  bool operator==(const Reject&) const = default;
};
struct ChallengeWith {
  int status = 401;
  sip::Challenge challenge{.realm = "sipharness"};  ///< nonce made at run time, for each of
  std::vector<std::string> algorithms{"MD5"};       ///< one header each, topmost first
  bool admits = true;                               ///< false: no credentials are good enough
  std::optional<Duration> expires{};                ///< granted to whom it admits
  bool next_nonce = false;  ///< a nonce is good once, and the 200 to a REGISTER tells the next one
  bool operator==(const ChallengeWith&) const = default;
};
struct Provisional {  ///< only this, then nothing
  int status = 100;
  Duration after{};
  bool operator==(const Provisional&) const = default;
};
struct Mute {  ///< state changes, responses suppressed (one-way)
  bool operator==(const Mute&) const = default;
};

/// How a TCP connection is ended.
enum class Ending : std::uint8_t { fin, reset };
/// What becomes of the connection that a request came by.
struct Closing {
  Ending how = Ending::fin;
  Duration after{};  ///< the final response, or the request where none is sent
  bool operator==(const Closing&) const = default;
};

/// What is sent as it stands, whatever it is. Lines may have variables.
struct Raw {
  std::string bytes;               ///< what they are, not their hexadecimal digits
  std::vector<std::string> lines;  ///< each is sent with its CRLF
  bool operator==(const Raw&) const = default;
};

/// What is changed in a response before it leaves. Values, lines and bodies may have variables.
struct Rewrite {
  std::vector<int> statuses{};          ///< of the responses it is done to; empty: all
  HeaderList headers{};                 ///< in place of those of their names
  std::vector<std::string> without{};   ///< names of headers that are left out
  std::optional<IpAddress> received{};  ///< the top Via names this source address,
  std::vector<std::uint16_t> rport{};   ///< and these source ports, one request after the other
  std::string content_type = "application/sdp";
  std::vector<std::string> body{};  ///< in place of its body
  Raw raw{};                        ///< in place of all of it
  bool operator==(const Rewrite&) const = default;
};

using Verb = std::variant<Accept, Drop, Delay, Reject, ChallengeWith, Provisional, Mute>;

/// "file:line:column", for messages about what stands there. A value is the same wherever it
/// stands: all places are equal.
struct Place {
  std::string text;
  bool operator==(const Place&) const { return true; }
};

struct Rule {
  std::string name;  ///< for the journal; "primary/silent/0" if not given
  Place place;
  std::optional<std::string> phase;  ///< only in this phase of the server
  std::vector<sip::Method> methods;  ///< empty: every method
  std::uint32_t nth_from = 1;        ///< of the new (not retransmitted) requests it would match
  std::optional<std::uint32_t> nth_to;
  std::optional<bool> in_dialog;
  std::optional<std::string> event;  ///< event package
  std::optional<Duration> from;      ///< scenario time window [from, until)
  std::optional<Duration> until;
  double probability = 1;  ///< drawn per datagram from the server's seed
  Verb verb;
  std::vector<Duration> repeat;  ///< the final response is sent again so long after it first was
  /// For so long the responses have the Via of somebody else; then the right one comes.
  std::optional<Duration> foreign_sent_by;
  std::optional<Rewrite> rewrite{};
  std::optional<Closing> close{};
  bool from_other_port = false;  ///< responses over UDP leave from a port of their own
  bool operator==(const Rule&) const = default;
};

/// What a far end asks of a device that supports session timers. @source RFC 4028
struct SessionTimer {
  Duration expires{};            ///< Session-Expires of its 2xx or INVITE
  Duration min = Duration(90s);  ///< Min-SE: a shorter wish draws 422
  bool device_refreshes = true;  ///< else it promises to refresh
  bool refreshes = true;         ///< and keeps that promise
  bool operator==(const SessionTimer&) const = default;
};

/// Another one who answers the same call, as behind a proxy that forks it.
struct Fork {
  std::optional<Duration> ring{};                 ///< 180; nothing: does not ring
  std::optional<Duration> answer = Duration(3s);  ///< 200; nothing: never answers
  bool operator==(const Fork&) const = default;
};

/// Who answers (and calls) behind a server. Delays count from the INVITE's arrival.
struct FarEnd {
  std::optional<Duration> ring = Duration(1s);    ///< 180; nothing: does not ring
  std::optional<Duration> answer = Duration(3s);  ///< 200; nothing: never answers
  std::optional<Duration> hang_up;                ///< BYE, counted from its 200
  std::optional<SessionTimer> session_timer{};
  std::vector<Fork> forks{};   ///< others besides it
  bool reliable_ring = false;  ///< its 180 needs a PRACK, where the device can. @source RFC 3262
  bool operator==(const FarEnd&) const = default;
};

/// What the way between device and server does to each packet, chance drawn from the server's
/// seed. Loss acts before the device's side hears of it; see design: where the tap sits.
struct Link {
  std::optional<Duration> from;  ///< scenario time window [from, until)
  std::optional<Duration> until;
  Duration delay{};      ///< each way
  Duration jitter{};     ///< at most so much more
  bool reorder = false;  ///< datagrams overtake each other within the jitter
  double lose_to_server = 0;
  double lose_to_device = 0;
  double duplicate_to_device = 0;
  bool operator==(const Link&) const = default;
};

/// One address behind a name: a literal one, or that of a server of the scenario.
struct NameTarget {
  std::optional<IpAddress> address;
  std::string server;  ///< where there is no literal address
  bool operator==(const NameTarget&) const = default;
};

/// One target of an SRV record. @source RFC 2782
struct ServiceTarget {
  std::string name;
  std::uint16_t port = 5060;
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  bool operator==(const ServiceTarget&) const = default;
};

enum class NameAnswer : std::uint8_t { addresses, no_such_name, server_failure, silence };

/// What the name server says of a name.
struct NameRecord {
  std::string name;  ///< in lower case
  NameAnswer answer = NameAnswer::addresses;
  std::vector<NameTarget> targets;        ///< of addresses
  std::vector<ServiceTarget> services{};  ///< of an SRV record
  Duration time_to_live{5min};            ///< whole seconds
  std::optional<Duration> from;           ///< scenario time window [from, until)
  std::optional<Duration> until;
  bool operator==(const NameRecord&) const = default;
};

/// The fake name server that devices configured by name ask.
struct NameServer {
  std::optional<IpAddress> address;  ///< filled in by the stage if the file leaves it open
  std::uint16_t port = 53;
  std::vector<NameRecord> records;  ///< the first that fits counts
  bool operator==(const NameServer&) const = default;
};

struct Server {
  std::string name;                  ///< "primary", "secondary" or "spare"
  std::optional<std::string> host;   ///< the name the device is given, instead of the address
  std::optional<IpAddress> address;  ///< filled in by the stage if the file leaves it open
  std::uint16_t port = 5060;
  bool by_srv = false;  ///< the device is given the host without the port
  /// What the Via of its own requests says instead of `port`; they ask for rport then.
  std::optional<std::uint16_t> sent_by_port;
  std::vector<Rule> rules;          ///< first match wins; else a healthy registrar
  std::vector<std::string> phases;  ///< names used by rules and the timeline
  FarEnd far_end;
  std::vector<Link> links;  ///< the first whose time it is
  bool operator==(const Server&) const = default;
};

// --- The timeline --------------------------------------------------------------------------------

enum class AnchorKind : std::uint8_t {
  first_seen,
  registered,
  register_failed,
  invite_at,
  answered,
  ended
};

/// Something seen on the wire since the last device action before the step.
struct Anchor {
  AnchorKind kind = AnchorKind::first_seen;
  std::string server;  ///< for registered, register_failed, invite_at, answered
  bool operator==(const Anchor&) const = default;
};

/// Either an absolute time or an anchor plus a delay with a deadline.
struct When {
  std::optional<Anchor> after;
  Duration at{};                     ///< scenario time, or the delay after the anchor
  std::optional<Duration> deadline;  ///< scenario time; default: the scenario's duration
  bool operator==(const When&) const = default;
};

enum class DeviceVerb : std::uint8_t {
  boot,
  dial,
  answer,
  reject,
  hang_up,
  hold,
  resume,
  restart,
  shutdown,
  move  ///< to another address of its own
};
enum class ServerVerb : std::uint8_t {
  phase,
  close_port,
  open_port,
  swallow_syns,
  unplug,
  forget_bindings,
  close_connections,
  call,
  hang_up,
  far_end_request,
  options,
  stray_bye,
  notify,
  raw
};

struct DeviceStep {
  DeviceVerb verb = DeviceVerb::boot;
  std::string number;
  bool operator==(const DeviceStep&) const = default;
};
/// How a server sends a request of its own.
struct Sending {
  std::vector<Duration> repeats;    ///< sent again as it was, so long after the first time
  std::uint32_t withheld_acks = 0;  ///< of a call: its first ACKs that never leave
  bool same_call = false;  ///< Call-ID, From tag and CSeq are those of the other server's last call
  bool operator==(const Sending&) const = default;
};
struct ServerStep {
  ServerVerb verb = ServerVerb::phase;
  std::string server;
  std::string phase;
  Sending sending{};
  std::string event{};  ///< of notify
  Raw raw{};
  Ending ending = Ending::fin;                ///< of close_connections
  sip::Method method = sip::Method::unknown;  ///< of far_end_request
  bool operator==(const ServerStep&) const = default;
};

struct Step {
  When when;
  std::variant<DeviceStep, ServerStep> what;
  Place place;
  bool operator==(const Step&) const = default;
};

/// A requirement the scenario names; it may tighten the window of the requirement.
struct Expectation {
  std::string requirement;
  std::optional<Duration> min;
  std::optional<Duration> max;
  bool operator==(const Expectation&) const = default;
};

/// Settings the device is given for this scenario; absent ones stay as the profile has them.
struct Configure {
  std::optional<Duration> register_expiration;
  std::optional<Duration> reregister_before;
  std::optional<Duration> subscribe_expiration;
  std::optional<std::vector<std::string>> subscriptions;
  std::optional<bool> mwi_subscribe;
  std::optional<Transport> transport;
  std::optional<int> max_request_retries;
  std::optional<Duration> session_timer;
  std::optional<OptionsKeepAlive> options_keepalive;
  std::optional<bool> reliable_provisionals;
  bool operator==(const Configure&) const = default;
};

/// policy: a large site; docs/performance.md has what it costs.
inline constexpr unsigned most_devices = 10'000;

struct Scenario {
  std::string name;     ///< the file's, without folder and .json
  std::string variant;  ///< empty: none
  std::string title;
  std::string why;
  std::string source;  ///< clause or guide section it stages
  Duration duration{};
  bool ipv6 = false;
  bool real_time = true;  ///< short and simple enough for --clock real in CI; information only
  /// How many take part, each with an account of its own (account_of); every device action of
  /// the timeline is performed by all of them.
  unsigned devices = 1;
  Configure configure;
  std::vector<Server> servers;  ///< primary, secondary and, if there is one, the primary's spare
  std::optional<NameServer> dns;
  std::vector<Step> timeline;
  std::vector<Expectation> expect;

  /// "invite_refused", "invite_refused/bare_503": what tells it from all others.
  std::string full_name() const;
  const Server& server(std::string_view name) const;  ///< asserts that it exists
  bool expects(std::string_view requirement) const;
  bool operator==(const Scenario&) const = default;
};

/// All variants of a scenario file (one unnamed if it has none); every error at once, in file
/// order.
/// @param file is the path shown in errors and the source of the scenario's name.
/// @param requirements gives the ids that expectations may name; null: any.
tl::expected<std::vector<Scenario>, std::vector<Error>> read_scenarios(
    const std::string& text, const std::string& file,
    std::vector<std::string_view> (*requirements)() = nullptr);
/// The effective scenario as JSON that read_scenarios accepts.
std::string to_json(const Scenario& scenario);
/// Whether the rule matches every request of its phase.
bool is_unconditional(const Rule& rule);
/// Whether `rule` matches nothing that `earlier`, standing before it, has not taken already.
bool is_hidden_by(const Rule& rule, const Rule& earlier);
/// Whether nothing at all is answered in that phase of the server: its first rule that is not a
/// drop comes after an unconditional drop.
bool is_silent_phase(const Server& server, const std::string& phase);
/// The profile with the scenario's `configure` applied.
Profile configured(const Profile& profile, const Scenario& scenario);

/// Where a call of that server may come from as well.
std::string_view other_server(std::string_view name);
std::string_view to_string(DeviceVerb verb);
std::string_view to_string(ServerVerb verb);
/// "primary.registered", "first_seen".
std::string to_string(const Anchor& anchor);

}  // namespace sipharness::scenario
