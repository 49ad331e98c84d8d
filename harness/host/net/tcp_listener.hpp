#pragma once
// A listening TCP port of the real world.
//  1. A connection that takes one of the last descriptors (harness/host/machine/descriptors.hpp) is
//     reset as it comes. The engine tells of it once; whoever has a connection keeps it.

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
  void watch();
  void on_readable();
  void refuse(Descriptor socket);
  /// The kernel has no descriptor at all: those who wait are looked at again later.
  void rest();

  Engine& engine_;
  world::AcceptFunction accept_;
  Descriptor socket_;
  Endpoint local_;
  std::unique_ptr<Reactor::Watch> watch_;
  world::Timer rest_;
  Lifeline lifeline_;
};

}  // namespace sipharness::host
