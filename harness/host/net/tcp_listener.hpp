#pragma once
// A listening TCP port of the real world. A host out of descriptors cannot serve: SetupError.

#include <memory>

#include "harness/host/net/engine.hpp"
#include "harness/host/net/lifeline.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

class TcpListener final : public world::StreamListener {
 public:
  /// Throws SetupError if `local` cannot be bound.
  TcpListener(Engine& engine, const Endpoint& local, world::AcceptFunction accept);

  const Endpoint& local() const override { return local_; }
  void swallow(bool on) override { drop_what_comes(socket_, on); }

 private:
  void on_readable();

  Engine& engine_;
  world::AcceptFunction accept_;
  Descriptor socket_;
  Endpoint local_;
  std::unique_ptr<Reactor::Watch> watch_;
  Lifeline lifeline_;
};

}  // namespace sipharness::host
