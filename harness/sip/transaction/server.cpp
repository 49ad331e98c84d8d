#include "harness/sip/transaction/server.hpp"

#include <algorithm>
#include <utility>

#include "harness/sip/builder.hpp"
#include "harness/sip/transaction/answered.hpp"
#include "harness/sip/transaction/invite_server.hpp"
#include "harness/sip/transaction/non_invite_server.hpp"
#include "harness/sip/transaction/timers.hpp"
#include "harness/sip/transport/transport.hpp"

namespace sipharness::sip {
namespace {

/// What the status line says; 0 if there is none.
int status_of(std::string_view response) {
  const std::size_t start = std::min(response.find_first_not_of("\r\n"), response.size());
  const std::size_t end = std::min(response.find('\n', start), response.size() - 1);
  return MessageView::parse(response.substr(0, end + 1)).status();
}

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
    if constexpr (requires { Event::ack; }) handle(Event::ack, {.ack = &ack});
  }
  void detach() override {
    timers_.disarm_all();
    ServerTransactionBase::detach();
  }

 private:
  void answer(Response response) override {
    handle(response.status < 200   ? Event::provisional
           : response.status < 300 ? Event::success
                                   : Event::failure,
           {.response = &response});
  }

  /// What an event brings: the response to give, or the ACK that came.
  struct Brought {
    Response* response = nullptr;
    const MessageView* ack = nullptr;
  };

  void handle(Event event, const Brought& brought = {}) {
    const auto alive = shared_from_this();
    TransactionHost& host = *host_;
    const bool reliable = hop().transport == Transport::tcp;
    const auto [next, actions] =
        step(machine_, event,
             ServerRules{host.options().timers, host.options().server_quirks, reliable});
    machine_ = next;
    for (const Action& action : actions) carry_out(action, host.options(), brought);
    if (machine_.state == State::terminated && host_ != nullptr) {
      detach();
      host.ended(*this);
    }
  }

  void carry_out(const Action& action, const TransactionLayer::Options& options,
                 const Brought& brought) {
    switch (action.act) {
      case Act::send:
        if (brought.response != nullptr) adopt(std::move(*brought.response));
        return send(machine_.repeats);
      case Act::send_trying:
        if (options.auto_trying) send_trying();
        return;
      case Act::deliver:
        return deliver(options, brought.ack);
      case Act::report_ack:
      case Act::report_timeout:
        if (options.on_confirmed) options.on_confirmed(*this, action.act == Act::report_ack);
        return;
      case Act::arm:
        if (action.timer == TimerName::j) return retire(action.after);
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

  /// Waits for Timer J as an AnsweredRequest.
  void retire(Duration timer_j) {
    if constexpr (std::is_same_v<Machine, NonInviteServer>) {
      TransactionHost& host = *host_;
      AnsweredRequest answered = hand_over();
      answered.machine = machine_;
      detach();
      host.answered(std::move(answered), timer_j);
    }
  }

  Machine machine_;
  TransactionTimers timers_;
};

}  // namespace

MessageBuilder ServerTransaction::response(int status, std::string_view to_tag,
                                           std::string_view reason) const {
  return MessageBuilder::response_to(
      request(), {.status = status, .to_tag = to_tag, .reason = reason, .source = hop().remote});
}

std::shared_ptr<ServerTransactionBase> ServerTransactionBase::make(TransactionHost& host,
                                                                   ServerRequest request) {
  if (request.message.method() == Method::invite) {
    return std::make_shared<MachineServer<InviteServer>>(host, std::move(request));
  }
  return std::make_shared<MachineServer<NonInviteServer>>(host, std::move(request));
}

ServerTransactionBase::ServerTransactionBase(TransactionHost& host, ServerRequest request)
    : host_(&host),
      serial_(request.serial),
      key_(std::move(request.key)),
      hop_(request.hop),
      back_(response_hop(request.message, request.hop)),
      arrived_(&request.message) {}

void ServerTransactionBase::keep_request() {
  bytes_ = arrived_->bytes();
  kept_ = MessageView::parse(bytes_);
}

void ServerTransactionBase::respond(std::string response) {
  if (host_ == nullptr) return;
  const int status = status_of(response);
  // What is no response cannot move the machine; a scenario may still want it on the wire.
  if (status == 0) return host_->options().send(back_, response);
  answer({status, std::move(response)});
}

void ServerTransactionBase::adopt(Response response) {
  response_ = std::move(response.bytes);
  if (response.status >= 200) awaits_final_ = false;
}

void ServerTransactionBase::send(int repeat) const {
  if (!response_.empty()) send_response(host_->options(), back_, response_, repeat);
}

AnsweredRequest ServerTransactionBase::hand_over() {
  return {.key = std::move(key_), .response = std::move(response_), .back = back_};
}

void ServerTransactionBase::send_trying() {
  response_ = response(100, {}).str();
  send(0);
}

void send_response(const TransactionLayer::Options& options, const Hop& back,
                   const std::string& response, int repeat) {
  const auto& alter = options.server_quirks.alter_retransmission;
  if (repeat > 0 && alter) return options.send(back, alter(response, repeat));
  options.send(back, response);
}

}  // namespace sipharness::sip
