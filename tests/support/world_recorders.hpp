#pragma once
// Handlers that write down what a world told them. Used by the contract suite and by tests of one
// world.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/world/world.hpp"

namespace sipharness::tests {

/// Keeps datagrams and ICMP errors; `on_each` runs after a datagram was kept.
class DatagramRecorder final : public world::DatagramHandler {
 public:
  struct Datagram {
    Endpoint from;
    std::string payload;
  };
  struct Complaint {
    Endpoint destination;
    Unreachable reason;
  };

  void on_datagram(const Endpoint& from, std::string_view payload) override {
    datagrams.push_back({from, std::string(payload)});
    if (on_each) on_each();
  }
  void on_unreachable(const Endpoint& destination, Unreachable reason) override {
    complaints.push_back({destination, reason});
  }

  std::vector<Datagram> datagrams;
  std::vector<Complaint> complaints;
  std::function<void()> on_each;
};

/// Keeps bytes and the end; owns its stream when it was accepted.
class StreamRecorder : public world::StreamHandler {
 public:
  void on_open() override {
    opened = true;
    if (on_opened) on_opened();
  }
  void on_bytes(std::string_view bytes) override {
    received += bytes;
    if (echoes) stream->send(bytes);
    if (on_received) on_received();
  }
  void on_end(world::StreamEnd how) override { ended = how; }

  bool opened = false;
  bool echoes = false;
  std::string received;
  std::optional<world::StreamEnd> ended;
  std::function<void()> on_opened;
  std::function<void()> on_received;
  std::unique_ptr<world::Stream> stream;
};

/// A listening server that keeps every connection.
class StreamServer {
 public:
  StreamServer(world::World& world, const Endpoint& local, bool echoes = false) {
    listener = world.listen(
        local, [this, echoes](std::unique_ptr<world::Stream> stream) -> world::StreamHandler& {
          accepted.push_back(std::make_unique<StreamRecorder>());
          accepted.back()->echoes = echoes;
          accepted.back()->stream = std::move(stream);
          return *accepted.back();
        });
    local_ = listener->local();
  }

  const Endpoint& local() const { return local_; }

  std::unique_ptr<world::StreamListener> listener;
  std::vector<std::unique_ptr<StreamRecorder>> accepted;

 private:
  Endpoint local_;
};

}  // namespace sipharness::tests
