#pragma once
// One transaction layer in virtual time, its sends and events written down with their times.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/sip/transaction/layer.hpp"
#include "harness/world_sim/simulated_world.hpp"
#include "tests/harness/sip/transaction/messages.hpp"

namespace sipharness::sip {

class TransactionBench {
 public:
  struct Sent {
    Duration at;
    Hop hop;
    std::string bytes;
  };

  explicit TransactionBench(TransactionLayer::Options options = {}) {
    options.name = "bench";
    options.send = [this](const Hop& hop, std::string_view bytes) {
      sent.push_back({elapsed(), hop, std::string(bytes)});
    };
    options.on_request = [this](std::shared_ptr<ServerTransaction> transaction) {
      requests.push_back(std::move(transaction));
    };
    options.on_ack = [this](const MessageView& ack, const Hop&) { acks.emplace_back(ack.bytes()); };
    options.on_stray_response = [this](const MessageView& response, const Hop&) {
      strays.push_back(response.status());
    };
    options.on_confirmed = [this](const ServerTransaction&, bool acknowledged) {
      confirmed.emplace_back(elapsed(), acknowledged);
    };
    layer = std::make_unique<TransactionLayer>(world, std::move(options));
  }

  Duration elapsed() const { return world.now() - TimePoint{}; }
  void run_to(Duration at) { world.run(TimePoint{} + at); }

  ClientId start(const std::string& request, Transport transport = Transport::udp) {
    return layer->start(
        request, {transport, phone, server},
        {.on_response =
             [this](const MessageView& response) {
               responses.emplace_back(elapsed(), response.status());
             },
         .on_failure =
             [this](ClientFailure failure) { failures.emplace_back(elapsed(), failure); }});
  }
  void receive(const std::string& bytes, Transport transport = Transport::udp) {
    layer->receive(MessageView::parse(bytes), {transport, phone, server});
  }
  void receive_at(Duration at, const std::string& bytes) {
    run_to(at);
    receive(bytes);
  }

  std::vector<Duration> send_times() const {
    std::vector<Duration> times;
    for (const Sent& one : sent) times.push_back(one.at);
    return times;
  }

  world_sim::SimulatedWorld world;
  std::vector<Sent> sent;
  std::vector<std::shared_ptr<ServerTransaction>> requests;
  std::vector<std::string> acks;
  std::vector<int> strays;
  std::vector<std::pair<Duration, bool>> confirmed;
  std::vector<std::pair<Duration, int>> responses;
  std::vector<std::pair<Duration, ClientFailure>> failures;
  std::unique_ptr<TransactionLayer> layer;  ///< last: dies before what it writes to
};

}  // namespace sipharness::sip
