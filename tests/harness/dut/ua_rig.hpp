#pragma once
// A reference UA between two scripted servers in the simulated world, without any network delay, so
// that times can be laid beside the catalogue's tables (T-7).

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/dut/reference_ua/reference_ua.hpp"
#include "harness/sip/builder.hpp"
#include "harness/sip/transport/transport.hpp"
#include "harness/world_sim/simulated_world.hpp"

namespace sipharness::dut {

/// A message that reached a server.
struct Arrival {
  Duration at{};
  std::string text;
  sip::Hop hop;
  sip::MessageView view() const { return sip::MessageView::examine(text); }
};

/// Keeps everything it gets and answers as a healthy registrar with a callee does, unless told
/// otherwise. It has no transactions: what a device repeats arrives here as often.
class ScriptedServer {
 public:
  ScriptedServer(world::World& world, const Endpoint& at);

  bool silent = false;
  bool notifies = true;      ///< at each SUBSCRIBE it accepts
  std::optional<int> grant;  ///< seconds, as Contact parameter; absent: what was asked
  Duration rings_after = 1s;
  Duration answers_after = 3s;
  /// Sees every request first; true: that is all that happens with it.
  std::function<bool(const Arrival&)> script;

  std::vector<Arrival> arrivals;
  std::vector<Arrival> malformed;

  std::vector<Arrival> all(sip::Method method) const;
  /// Seconds of scenario time at which such requests came, to the millisecond.
  std::vector<double> times(sip::Method method) const;
  /// The newest message; fails the test if there is none.
  Arrival last(sip::Method method) const;
  std::vector<int> statuses() const;  ///< of the responses that came

  void reply(const Arrival& request, int status,
             const std::function<void(sip::MessageBuilder&)>& more = {});
  void send(const std::string& text, const sip::Hop& hop);
  /// A NOTIFY for the subscription that `subscribe` began or refreshed.
  void notify(const Arrival& subscribe, std::string_view state);
  /// An INVITE out of the blue to the device; its Call-ID.
  std::string invite(const Endpoint& device, std::string_view branch = "z9hG4bKincoming");
  const Endpoint& local() const { return transport_.local(); }
  void close() { transport_.close(); }

 private:
  void on_message(const sip::MessageView& message, const sip::Hop& hop);
  void answer(const Arrival& request);
  void ring_and_answer(const Arrival& invite);

  world::World& world_;
  sip::SipTransport transport_;
  std::map<std::string, std::vector<world::Timer>> ringing_;  ///< by branch
  int notify_count_ = 0;
};

class UaRig {
 public:
  UaRig();

  world_sim::SimulatedWorld world{{.link_delay = Duration::zero()}};
  ScriptedServer primary;
  ScriptedServer secondary;
  scenario::Profile profile;
  std::string password = "secret";
  DeviationSet deviations;
  static constexpr std::uint16_t port = 5062;
  Endpoint device() const;

  /// Makes the UA at the first use and boots it at time zero.
  void boot();
  void deviate(Deviation deviation) { deviations.set(static_cast<std::size_t>(deviation)); }
  void perform_at(Duration at, scenario::DeviceVerb verb, const std::string& number = {});
  void do_at(Duration at, std::function<void()> what);
  void run_until(Duration at) { world.run(TimePoint{} + at); }
  const std::vector<bool>& outcomes() const { return outcomes_; }

 private:
  std::unique_ptr<ReferenceUa> ua_;
  std::vector<world::Timer> timers_;
  std::vector<bool> outcomes_;
};

}  // namespace sipharness::dut
