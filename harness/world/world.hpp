#pragma once
// The world every SIP party here is written against: time, timers, datagram ports, streams. Two
// implement it: the simulated one (harness/world_sim) and the real one (harness/host). Contract:
//  1. now() never goes back.
//  2. A timer's function runs once, not before its time; timers due at one time run in the order
//     they were made; a time in the past means now, but never from inside call_at itself.
//  3. Destroying a Timer cancels it, also from inside another handler, also its own.
//  4. Handlers run to completion, one at a time, on one thread.
//  5. Destroying a port, listener or stream silences its handler at once, also from inside it.
//  6. Nothing is delivered from inside send(), connect() or close().
// Name lookup is written once over datagram ports (harness/dns); TLS streams will join this
// interface.

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"
#include "harness/base/unreachable.hpp"

namespace sipharness::world {

/// A pending call; destroying or reassigning it cancels.
class Timer {
 public:
  class Pending {
   public:
    virtual ~Pending() = default;  ///< cancels
  };
  Timer() = default;
  explicit Timer(std::unique_ptr<Pending> pending) : pending_(std::move(pending)) {}
  void cancel() { pending_.reset(); }

 private:
  std::unique_ptr<Pending> pending_;
};

class DatagramHandler {
 public:
  virtual ~DatagramHandler() = default;
  /// `payload` is valid during the call only.
  virtual void on_datagram(const Endpoint& from, std::string_view payload) = 0;
  /// An ICMP error for a datagram that this port sent to `destination`.
  virtual void on_unreachable(const Endpoint& destination, Unreachable reason) = 0;
};

/// A bound UDP port. Destroying it closes the port: later datagrams to it draw ICMP.
class DatagramPort {
 public:
  virtual ~DatagramPort() = default;
  virtual const Endpoint& local() const = 0;
  virtual void send(const Endpoint& destination, std::string_view payload) = 0;
};

/// How a stream ended.
enum class StreamEnd : std::uint8_t {
  closed,       ///< the peer's FIN, after all its bytes
  refused,      ///< RST to our SYN
  reset,        ///< RST on an open connection
  timed_out,    ///< nothing was acknowledged within the transport's timeout
  unreachable,  ///< ICMP while connecting, or an address of another family
};

std::string_view to_string(StreamEnd end);

class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  virtual void on_open() = 0;                         ///< the connection is up (connect only)
  virtual void on_bytes(std::string_view bytes) = 0;  ///< valid during the call only
  virtual void on_end(StreamEnd end) = 0;             ///< the last call to this handler
};

/// One TCP connection. Destroying it sends FIN (or gives up connecting); abort() sends RST;
/// vanish() forgets it without a word, as a host that lost power and came back does: later data
/// from the peer draws RST. freeze() is the power cut itself: from then on nothing of the peer is
/// read or acknowledged, and nothing is sent, until vanish().
class Stream {
 public:
  virtual ~Stream() = default;
  virtual Endpoint local() const = 0;
  virtual Endpoint remote() const = 0;
  /// Queues bytes; before on_open they wait for it.
  virtual void send(std::string_view bytes) = 0;
  virtual void abort() = 0;
  virtual void vanish() = 0;
  virtual void freeze() = 0;
};

/// A listening TCP port; destroying it refuses later connections and keeps the accepted ones.
class StreamListener {
 public:
  virtual ~StreamListener() = default;
  virtual const Endpoint& local() const = 0;
  /// While on, connection attempts vanish without an answer, as at a firewall that drops them.
  virtual void swallow(bool on) = 0;
};

/// Takes an accepted stream and returns the handler that will serve it, which must outlive it.
using AcceptFunction = std::function<StreamHandler&(std::unique_ptr<Stream>)>;

class World {
 public:
  virtual ~World() = default;

  virtual TimePoint now() const = 0;
  [[nodiscard]] virtual Timer call_at(TimePoint at, std::function<void()> call) = 0;
  [[nodiscard]] Timer call_after(Duration delay, std::function<void()> call) {
    return call_at(now() + delay, std::move(call));
  }

  /// Port 0 picks a free one. Throws SetupError if the address is not ours or the port is taken.
  virtual std::unique_ptr<DatagramPort> open_datagram(const Endpoint& local,
                                                      DatagramHandler& handler) = 0;
  virtual std::unique_ptr<StreamListener> listen(const Endpoint& local, AcceptFunction accept) = 0;
  /// Connects from `local` (port 0: any) and reports to `handler`, which must outlive the stream.
  virtual std::unique_ptr<Stream> connect(const Endpoint& local, const Endpoint& remote,
                                          StreamHandler& handler) = 0;
};

}  // namespace sipharness::world
