#include "harness/sip/transaction/client.hpp"

#include <utility>

#include "harness/base/assert.hpp"
#include "harness/sip/transaction/invite_client.hpp"
#include "harness/sip/transaction/key.hpp"
#include "harness/sip/transaction/non_invite_client.hpp"
#include "harness/sip/transaction/requests.hpp"
#include "harness/sip/transaction/timers.hpp"

namespace sipharness::sip {
namespace {

/// The transaction around one of the two machines, which share the events that are not timers.
template <class Machine>
class MachineClient final : public ClientTransaction {
 public:
  using Event = typename Machine::Event;
  using State = typename Machine::State;

  MachineClient(TransactionHost& host, ClientRequest request, std::string key)
      : ClientTransaction(host, std::move(request), std::move(key)),
        timers_(host.world(), [this](TimerName timer) { handle(Machine::fired(timer)); }) {}

  void start() override { handle(Event::start); }
  void transport_failed(ClientFailure how) override {
    how_it_failed_ = how;
    handle(Event::transport_error);
  }
  void receive(const MessageView& response) override {
    handle(response.is_provisional() ? Event::provisional
           : response.is_success()   ? Event::success
                                     : Event::failure,
           &response);
  }
  void stop() override {
    timers_.disarm_all();
    machine_.state = State::terminated;
  }

 private:
  void handle(Event event, const MessageView* response = nullptr) {
    const auto alive = shared_from_this();
    const auto& options = host_.options();
    const bool reliable = hop().transport == Transport::tcp;
    const bool was_over = machine_.state == State::terminated;
    const auto [next, actions] =
        step(machine_, event, ClientRules{options.timers, options.client_quirks, reliable});
    machine_ = next;
    if (machine_.state == State::terminated && !was_over) {
      timers_.disarm_all();
      host_.ended(*this);
    }
    for (const Action& action : actions) carry_out(action, response);
  }

  void carry_out(const Action& action, const MessageView* response) {
    switch (action.act) {
      case Act::send:
        return send(machine_.repeats);
      case Act::send_ack:
        return send_ack(*response);
      case Act::deliver:
        return deliver(*response);
      case Act::report_timeout:
        return report(ClientFailure::timed_out);
      case Act::report_transport:
        return report(how_it_failed_);
      case Act::arm:
        return timers_.arm(action.timer, action.after);
      case Act::disarm:
        return timers_.disarm(action.timer);
      case Act::send_trying:
      case Act::report_ack:
        break;  // a server's
    }
  }

  Machine machine_;
  ClientFailure how_it_failed_ = ClientFailure::transport_failed;
  TransactionTimers timers_;
};

}  // namespace

std::shared_ptr<ClientTransaction> ClientTransaction::make(TransactionHost& host,
                                                           ClientRequest request) {
  const auto view = MessageView::parse(request.bytes);
  const auto& name = host.options().name;
  SIPHARNESS_ASSERT(view.method() != Method::ack, name, host.world().now());
  const bool is_invite = view.method() == Method::invite;
  std::string key = client_key(view);
  if (is_invite) {
    return std::make_shared<MachineClient<InviteClient>>(host, std::move(request), std::move(key));
  }
  return std::make_shared<MachineClient<NonInviteClient>>(host, std::move(request), std::move(key));
}

ClientTransaction::ClientTransaction(TransactionHost& host, ClientRequest request, std::string key)
    : host_(host),
      request_(std::move(request)),
      key_(std::move(key)),
      events_(std::make_shared<const ClientEvents>(request_.events)) {}

void ClientTransaction::send(int repeat) const {
  const auto& options = host_.options();
  const auto& alter = options.client_quirks.alter_retransmission;
  if (repeat > 0 && alter) return options.send(hop(), alter(request_.bytes, repeat));
  options.send(hop(), request_.bytes);
}

void ClientTransaction::send_ack(const MessageView& response) const {
  host_.options().send(hop(), make_failure_ack(MessageView::parse(request_.bytes), response));
}

void ClientTransaction::deliver(const MessageView& response) {
  if (response.is_final()) final_delivered_ = true;
  const auto events = events_;
  if (events->on_response) events->on_response(response);
}

void ClientTransaction::report(ClientFailure failure) const {
  if (final_delivered_) return;
  const auto events = events_;
  if (events->on_failure) events->on_failure(failure);
}

}  // namespace sipharness::sip
