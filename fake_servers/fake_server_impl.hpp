#pragma once
// The inside of FakeServer: the gate that every message passes, what each verb does to a request,
// and the parts behind it. Only fake_server.cpp and its own source include it.

#include <cstdint>
#include <string>
#include <vector>

#include "fake_servers/behaviour.hpp"
#include "fake_servers/challenger.hpp"
#include "fake_servers/fake_server.hpp"
#include "fake_servers/fetch_notifier.hpp"
#include "fake_servers/lossy_link.hpp"
#include "fake_servers/message_sender.hpp"
#include "fake_servers/packet_log.hpp"
#include "fake_servers/postponer.hpp"
#include "fake_servers/response_plans.hpp"
#include "fake_servers/scenario_clock.hpp"
#include "fake_servers/server_core.hpp"
#include "fake_servers/service.hpp"

namespace fake_servers {

/// How much of the network gets to a server.
enum class Reach : std::uint8_t { open, closed, swallowing, unplugged };

class FakeServer::Impl {
 public:
  using Sending = sipharness::scenario::Sending;

  Impl(sipharness::world::World& world, sipharness::journal::Writer& journal,
       const sipharness::Rng& rng, const FakeServerOptions& options);

  void set_zero(TimePoint zero);
  void enter_phase(const std::string& phase);
  void set_reach(Reach reach);
  void forget_bindings();
  void close_connections(sipharness::scenario::Ending how);
  void call_device(const Sending& how, const std::optional<CallName>& as) {
    service_.far_end().call(service_.registrar().bindings(), how, as);
  }
  const std::optional<CallName>& last_call() { return service_.far_end().last_call(); }
  void request_in_calls(Method method) { service_.far_end().request_in_calls(method); }
  void hang_up(const Sending& how) { service_.far_end().hang_up(how); }
  void send_options(const Sending& how) {
    service_.out_of_dialog_requests().options(service_.registrar().bindings(), how);
  }
  void send_stray_bye(const Sending& how) {
    service_.out_of_dialog_requests().stray_bye(service_.registrar().bindings(), how);
  }
  void notify_device(const std::string& event, const Sending& how) {
    service_.out_of_dialog_requests().notify(service_.registrar().bindings(), event, how);
  }
  void send_raw(const sipharness::scenario::Raw& raw, const Sending& how) {
    service_.out_of_dialog_requests().raw(service_.registrar().bindings(), raw, how);
  }
  void send_fetch_notify(const FetchNotify& notify, const FetchNotifier::Done& done) {
    fetch_notifier_.send(notify, service_.registrar().bindings(), done);
  }
  void note_unmatched_rules();

 private:
  using Challenge = sipharness::scenario::ChallengeWith;

  sipharness::sip::SipTransport::Handlers transport_handlers();
  TransactionLayer::Options transaction_options(const sipharness::sip::Timers& timers);

  void on_message(const MessageView& message, const Hop& hop);
  /// It has come through the link.
  void take(const MessageView& message, const Hop& hop);
  void on_malformed(std::string_view bytes, const Hop& hop);
  void on_keep_alive(std::string_view bytes, const Hop& hop);
  void on_request(const TransactionPtr& transaction);

  /// False if the message is to be handled now.
  bool postpone(const MessageView& message, const Hop& hop, const Rule& rule);
  void pass(const MessageView& message, const Hop& hop, const Rule* rule);

  void carry_out(const sipharness::scenario::Accept& verb, const TransactionPtr& transaction);
  void carry_out(const sipharness::scenario::Drop& verb, const TransactionPtr& transaction);
  void carry_out(const sipharness::scenario::Delay& verb, const TransactionPtr& transaction);
  void carry_out(const sipharness::scenario::Reject& verb, const TransactionPtr& transaction);
  void carry_out(const Challenge& verb, const TransactionPtr& transaction);
  void carry_out(const sipharness::scenario::Provisional& verb, const TransactionPtr& transaction);
  void carry_out(const sipharness::scenario::Mute& verb, const TransactionPtr& transaction);

  void watch_windows();
  void note_phase();
  /// Nothing that a device asks is answered.
  bool is_silent() const;

  std::string name_;
  std::string phase_;
  bool was_silent_ = false;
  Reach reach_ = Reach::open;
  sipharness::journal::Writer& journal_;
  ScenarioClock clock_;
  Behaviour behaviour_;
  PacketLog log_;
  sipharness::sip::SipTransport transport_;
  LossyLink link_;
  MessageSender sender_;
  ResponsePlans plans_;
  TransactionLayer transactions_;
  ServerCore core_;
  Challenger challenger_;
  Service service_;
  FetchNotifier fetch_notifier_;
  Postponer postponer_;
  RecentMap<std::uint64_t, bool> delayed_;  ///< true while held back
  const Rule* met_ = nullptr;               ///< by the request being passed on
  std::vector<sipharness::world::Timer> windows_;
};

}  // namespace fake_servers
