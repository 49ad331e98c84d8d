#pragma once
// Waits for descriptors and for one alarm, on one thread; the only place that knows Boost.Asio.
// Everything else here is plain sockets behind a Watch.
//  1. A function runs from run_one() only, never from inside watch() or wake_at().
//  2. Destroying a Watch silences its functions at once, also from inside them. The descriptor
//     stays open: it is the caller's.
//  3. Watches are destroyed before their reactor.

#include <functional>
#include <memory>

#include "harness/base/time.hpp"

namespace sipharness::host {

class Reactor {
 public:
  class Watch {
   public:
    virtual ~Watch() = default;
    /// Calls once when the descriptor takes bytes again; replaces an earlier wish.
    virtual void when_writable(std::function<void()> call) = 0;
  };

  /// `alarm` is what wake_at() brings about.
  explicit Reactor(std::function<void()> alarm);
  ~Reactor();

  /// The steady clock, counted from construction.
  TimePoint now() const;
  /// Waits until something happens and runs one function.
  void run_one();
  /// Sets the one alarm; an earlier setting is forgotten. It may ring early after a far time.
  void wake_at(TimePoint at);
  /// Calls `readable` as long as there is something to read, an error or a hang-up.
  [[nodiscard]] std::unique_ptr<Watch> watch(int descriptor, std::function<void()> readable);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::host
