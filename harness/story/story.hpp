#pragma once
// The story of a capture: what happened between phones and servers, as values, without a verdict.
// `sipharness inspect` prints it, `sipharness check` its beginning.
//  1. Everything is told from a trace and the facts of harness/observed; nothing is judged.
//  2. Strings from the wire are as they came: who prints them makes them printable.
//  3. Lists are complete; who prints them shows a few and says how many there are.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/scenario/profile.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::story {

using trace::ServerRole;

/// A time and the frame that was seen then.
struct Moment {
  CaptureTime at;
  std::uint32_t frame = 0;
};

/// One who takes part.
struct Party {
  std::string part;     ///< "primary", "secondary", "phone", "far end", "stranger", "proxy", …
  std::string name;     ///< of a phone, as findings call it
  std::string account;  ///< of a phone: the user of its AOR
  std::vector<std::string> addresses;
  std::string user_agent;
  bool under_test = true;
  std::string known{};  ///< how: "named", "inferred: calls begin there"
};

/// What the trace alone tells.
struct Overview {
  std::uint64_t frames = 0;
  std::uint64_t sip_messages = 0;
  CaptureTime first;  ///< first frame
  CaptureTime last;   ///< last frame, or the end of the run
  CaptureTime zero;   ///< from which seconds are counted
  bool has_journal = false;
  std::vector<Party> parties;        ///< servers, phones, others
  std::vector<std::string> guesses;  ///< on who is who, and which option settles each
  std::vector<std::string> faults;
  std::vector<std::string> remarks;
  std::string vantage;
};

enum class Outcome : std::uint8_t {
  accepted,
  refused,
  unanswered,  ///< until the device could know
  open         ///< the capture ends before it is decided
};

/// How a binding ended.
enum class BindingEnd : std::uint8_t {
  refreshed,
  unregistered,
  forgotten,  ///< by the server, as the journal says
  lapsed,
  capture_ended
};

struct HeldBinding {
  CaptureTime from;
  CaptureTime until;
  BindingEnd end = BindingEnd::capture_ended;
};

/// A REGISTER with all that it took until its final response: copies, challenges, redirections.
struct Registration {
  Moment sent;
  Outcome outcome = Outcome::open;
  std::vector<int> statuses;           ///< final responses in order: 401, 200
  std::string reason;                  ///< phrase of the last one
  std::optional<Moment> answered;      ///< the last final response
  std::size_t transmissions = 0;       ///< of all its requests
  std::optional<Duration> asked;       ///< expiry
  std::optional<Duration> granted;     ///< expiry
  std::optional<Duration> wait_asked;  ///< Retry-After
  bool ends_registration = false;      ///< asked for expiry 0
  bool is_refresh = false;             ///< there was a binding when it was sent
  std::optional<HeldBinding> binding;

  int status() const { return statuses.empty() ? 0 : statuses.back(); }
};

struct RegistrationsAtServer {
  ServerRole server = ServerRole::none;
  std::vector<Registration> attempts;
};

/// An INVITE at one server and what became of it.
struct CallLeg {
  ServerRole server = ServerRole::none;
  Moment sent;                    ///< first transmission, before any challenge
  std::string to;                 ///< address
  std::size_t requests = 0;       ///< INVITEs with a branch of their own
  std::size_t transmissions = 0;  /// of all of them
  Moment last_sent;
  std::optional<Moment> first_response;
  std::optional<Moment> rang;  ///< first 18x
  std::optional<Moment> final;
  int status = 0;  ///< of the final response; 0: none
  std::string reason;
  std::optional<Moment> cancelled;
};

struct Call {
  bool incoming = false;
  std::string number;  ///< called, or calling
  std::optional<CaptureTime> dialled;
  std::vector<CallLeg> legs;
  std::optional<Moment> ended;  ///< the BYE
  ServerRole ended_at = ServerRole::none;
  bool ended_by_phone = false;
};

struct Subscription {
  ServerRole server = ServerRole::none;
  std::string event;
  Moment sent;
  int status = 0;  ///< of the first SUBSCRIBE that was not challenged; 0: none
  std::optional<Duration> granted;
  std::size_t subscribes = 0;
  std::size_t notifies = 0;
  std::string state;  ///< as the last NOTIFY says
};

struct Outage {
  ServerRole server = ServerRole::none;
  CaptureTime from;
  CaptureTime until;
  bool recovered = false;
  bool port_closed = false;
  bool is_exact = true;  ///< from the journal; else as requests show it
};

struct Missing {
  Moment shown_by;
  std::string what;
};

/// Something that was measured several times.
struct Measured {
  std::string what;
  std::size_t count = 0;
  Duration shortest{};
  Duration median{};
  Duration longest{};
};

/// A request that was sent again and again.
struct Series {
  std::string what;  ///< "INVITE (Timer A)"
  Moment first;
  std::vector<Duration> intervals;
  bool answered = false;
};

struct Timers {
  std::optional<Duration> t1;
  std::vector<Series> series;      ///< the longest of INVITE and of other requests
  std::size_t repeated = 0;        ///< requests over UDP that were sent more than once
  std::vector<Measured> measured;  ///< refreshes and retries, by server
};

struct Phone {
  std::string name;
  std::string account;
  bool under_test = true;
  std::vector<RegistrationsAtServer> registrations;  ///< of the servers where it tried
  std::vector<Call> calls;                           ///< by time
  std::vector<Subscription> subscriptions;
  std::size_t unasked_notifies = 0;
  std::vector<Outage> outages;
  std::vector<Missing> missing;
  Timers timers;
};

struct Count {
  std::string what;
  std::uint64_t count = 0;
};

/// What the story is not about.
struct LeftOut {
  std::uint64_t count = 0;
  std::string what;
  std::vector<std::uint32_t> frames;  ///< the first few
};

struct Story {
  Overview overview;
  std::vector<Count> requests;   ///< messages by method, most first
  std::vector<Count> responses;  ///< messages by status
  std::vector<Phone> phones;
  std::vector<std::string> hints;  ///< on directions and where it was captured
  std::vector<LeftOut> left_out;
};

Overview overview_of(const trace::Trace& trace);

/// `scenario` is null for a foreign capture. Phones are told by whose names `wanted` holds; empty:
/// all.
Story tell(const trace::Trace& trace, const scenario::Profile& profile,
           const scenario::Scenario* scenario, const std::set<std::string>& wanted = {});

}  // namespace sipharness::story
