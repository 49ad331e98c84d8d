#include "harness/sip/transaction/server.hpp"

#include <utility>

#include "harness/sip/builder.hpp"
#include "harness/sip/transaction/invite_server.hpp"
#include "harness/sip/transaction/non_invite_server.hpp"
#include "harness/sip/transaction/timers.hpp"
#include "harness/sip/transport/transport.hpp"

namespace sipharness::sip {
namespace {

/// The transaction around one of the two machines, which share the events that are not timers.
template <class Machine>
class MachineServer final : public ServerTransactionBase {
 public:
  using Event = typename Machine::Event;
  using State = typename Machine::State;

  MachineServer(TransactionHost& host, ServerRequest request)
      : ServerTransactionBase(host, std::move(request)),
        timers_(host.world(), [this](TimerName timer) { handle(Machine::fired(timer)); }) {}

  void start() override { handle(Event::start); }
  void receive_again() override { handle(Event::request); }
  void transport_failed() override { handle(Event::transport_error); }
  void receive_ack(const MessageView& ack) override {
    if constexpr (requires { Event::ack; }) handle(Event::ack, &ack);
  }
  void detach() override {
    timers_.disarm_all();
    ServerTransactionBase::detach();
  }

 private:
  void answer(const MessageView& response) override {
    handle(response.is_provisional() ? Event::provisional
           : response.is_success()   ? Event::success
                                     : Event::failure,
           &response);
  }

  /// `message` is the response to give, or the ACK that came.
  void handle(Event event, const MessageView* message = nullptr) {
    const auto alive = shared_from_this();
    TransactionHost& host = *host_;
    const bool reliable = hop().transport == Transport::tcp;
    const auto [next, actions] =
        step(machine_, event,
             ServerRules{host.options().timers, host.options().server_quirks, reliable});
    machine_ = next;
    for (const Action& action : actions) carry_out(action, host.options(), message);
    if (machine_.state == State::terminated && host_ != nullptr) {
      detach();
      host.ended(*this);
    }
  }

  void carry_out(const Action& action, const TransactionLayer::Options& options,
                 const MessageView* message) {
    switch (action.act) {
      case Act::send:
        if (message != nullptr) adopt(*message);
        return send(machine_.repeats);
      case Act::send_trying:
        if (options.auto_trying) send_trying();
        return;
      case Act::deliver:
        return deliver(options, message);
      case Act::report_ack:
      case Act::report_timeout:
        if (options.on_confirmed) options.on_confirmed(*this, action.act == Act::report_ack);
        return;
      case Act::arm:
        return timers_.arm(action.timer, action.after);
      case Act::disarm:
        return timers_.disarm(action.timer);
      case Act::report_transport:  // the user hears of it from the transport
      case Act::send_ack:          // a client's
        break;
    }
  }

  void deliver(const TransactionLayer::Options& options, const MessageView* ack) {
    if (ack != nullptr) {
      if (options.on_ack) options.on_ack(*ack, hop());
    } else if (options.on_request) {
      options.on_request(shared_from_this());
    }
  }

  Machine machine_;
  TransactionTimers timers_;
};

}  // namespace

std::shared_ptr<ServerTransactionBase> ServerTransactionBase::make(TransactionHost& host,
                                                                   ServerRequest request) {
  if (MessageView::parse(request.bytes).method() == Method::invite) {
    return std::make_shared<MachineServer<InviteServer>>(host, std::move(request));
  }
  return std::make_shared<MachineServer<NonInviteServer>>(host, std::move(request));
}

ServerTransactionBase::ServerTransactionBase(TransactionHost& host, ServerRequest request)
    : host_(&host),
      request_(std::move(request)),
      view_(MessageView::parse(request_.bytes)),
      back_(response_hop(view_, request_.hop)) {}

void ServerTransactionBase::respond(std::string response) {
  if (host_ == nullptr) return;
  const auto view = MessageView::parse(response);
  // What is no response cannot move the machine; a scenario may still want it on the wire.
  if (!view.is_response()) return host_->options().send(back_, response);
  answer(view);
}

void ServerTransactionBase::adopt(const MessageView& response) {
  response_ = response.bytes();
  if (response.is_final()) awaits_final_ = false;
}

void ServerTransactionBase::send(int repeat) const {
  if (response_.empty()) return;
  const auto& options = host_->options();
  const auto& alter = options.server_quirks.alter_retransmission;
  if (repeat > 0 && alter) return options.send(back_, alter(response_, repeat));
  options.send(back_, response_);
}

void ServerTransactionBase::send_trying() {
  response_ = MessageBuilder::response_to(view_, 100, {}).str();
  send(0);
}

}  // namespace sipharness::sip
