#pragma once
// One fake server of one or more accounts: registrar, far end and polite answerer behind one
// address, steered by the rules of a scenario. It knows nothing of checks and never votes; what it
// does against its healthy nature it writes to the journal.
//  1. Rules meet requests before the transactions do, so a dropped request leaves no trace in it.
//  2. Where a Drop rule covers everything, the server is an unplugged machine: it hears nothing and
//     says nothing, while its timers and its state go on.
//  3. A Delay rule puts the whole handling of a request off; its repeats meanwhile are swallowed.
//  4. Everything sent is journalled as Sent, what a fault kept back as Withheld, what a fault made
//     it overlook as Ignored.
//  5. Each server keeps to itself: nothing that another server saw makes a request a merged one.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/address_prefix.hpp"
#include "harness/base/rng.hpp"
#include "harness/journal/journal.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/world/world.hpp"

namespace fake_servers {

struct FakeServerOptions {
  sipharness::scenario::Server server;  ///< with its address
  /// Whose registrations and credentials it accepts; one password for all.
  std::vector<sipharness::scenario::Account> accounts{{}};
  std::string domain;  ///< host part of its AORs; the server's own address text
  sipharness::sip::Timers timers;
  /// Scenario zero, for rules with time windows; nothing: set_zero() will tell.
  std::optional<sipharness::TimePoint> zero = sipharness::TimePoint{};
  bool media = false;  ///< far ends send RTP; off where no device listens to it
  /// Where requests and RTP may go beside to whom they concern (allowed_targets.hpp).
  std::vector<sipharness::AddressPrefix> allowed_targets{};
  /// Where the servers of the scenario are, by name, for what it spells out.
  std::map<std::string, sipharness::Endpoint> servers{};
};

/// What names a call, for whoever brings it once more.
struct CallName {
  std::string call_id;
  std::string from_tag;
};

/// A NOTIFY that makes a phone fetch its configuration.
struct FetchNotify {
  std::string event;           ///< "resync", "check-sync;reboot=true"
  sipharness::Endpoint phone;  ///< its SIP port, for as long as it is not registered
  sipharness::scenario::Account account;
};

class FakeServer {
 public:
  /// Opens UDP and TCP on the server's endpoint; throws SetupError if it is taken.
  FakeServer(sipharness::world::World& world, sipharness::journal::Writer& journal,
             const sipharness::Rng& rng, FakeServerOptions options);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  /// Moves scenario zero: a real device sets it with its first REGISTER.
  void set_zero(sipharness::TimePoint zero);

  // The actions of the timeline (scenario::ServerVerb).
  void enter_phase(const std::string& phase);  ///< "" returns to the default
  void close_port();                           ///< UDP unbound, TCP refused, connections reset
  void swallow_syns();                         ///< connections are closed, new ones never answered
  void unplug();                               ///< nothing is answered or acknowledged at all
  void open_port();                            ///< undoes each of these three, with new sockets
  void forget_bindings();
  void close_connections(sipharness::scenario::Ending how);  ///< all there are; the port stays open
  /// INVITE to every binding; a call of its own, or `as` one that another server brought.
  void call_device(const sipharness::scenario::Sending& how = {},
                   const std::optional<CallName>& as = {});
  /// The last call that was made; nothing if there was none.
  std::optional<CallName> last_call() const;
  /// BYE in every call that is up; our own unanswered calls are cancelled.
  void hang_up(const sipharness::scenario::Sending& how = {});
  /// A request of the far end in every call that is up.
  void request_in_calls(sipharness::sip::Method method);
  /// OPTIONS to every binding.
  void send_options(const sipharness::scenario::Sending& how = {});
  /// BYE to every binding, in a dialog that never was.
  void send_stray_bye(const sipharness::scenario::Sending& how = {});
  /// NOTIFY to every binding, in a dialog that nobody asked for.
  void notify_device(const std::string& event, const sipharness::scenario::Sending& how = {});

  /// Anything at all to every binding.
  void send_raw(const sipharness::scenario::Raw& raw,
                const sipharness::scenario::Sending& how = {});

  /// NOTIFY to the phone of that account; `done` gets the status of its answer, 0 for none.
  void send_fetch_notify(const FetchNotify& notify, const std::function<void(int status)>& done);

  /// Tells the journal which rules of the scenario met no request.
  void note_unmatched_rules();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fake_servers
