#pragma once
// A web server on the world's own thread, for phones that fetch their configuration and report what
// they do, and for the page of a lab. Nothing is read from disk; whatever comes is bounded.
//  1. The handler answers at once; a connection serves one request and is closed behind it.
//  2. Blanks and other bytes that do not belong into a request line are taken as part of the
//     target: phones fill variables of their action URLs in without escaping them.
//  3. What is no request draws 400, a head or body beyond the limits 431 or 413, and one that is
//     not complete in time 408; the handler hears of none of them.
//  4. Beyond max_connections a connection is reset as it comes.
//  5. The handler may not destroy the server.
//  6. An event stream ends after max_stream_bytes or max_stream_time, so that a client that does
//  not
//     read costs no more than that; a browser connects again by itself. Of more than max_streams
//     the oldest ends.

#include <functional>
#include <list>
#include <memory>

#include "harness/host/http/message.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  static constexpr std::size_t max_connections = 64;
  static constexpr std::size_t max_streams = 32;
  static constexpr std::size_t max_stream_bytes = 256UL * 1024;
  static constexpr Duration max_stream_time = 60s;

  /// Throws SetupError if `local` cannot be bound; port 0 picks one.
  HttpServer(world::World& world, const Endpoint& local, Handler handler,
             const HttpLimits& limits = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  const Endpoint& local() const { return listener_->local(); }
  /// Says so much more to every event stream. Not from inside the handler.
  void broadcast(std::string_view events);
  /// Whether anybody listens to one.
  bool has_event_streams() const;

 private:
  class Connection;
  /// Serves the connections that come when there are too many.
  class Refusal;

  world::StreamHandler& accept(std::unique_ptr<world::Stream> stream);
  void forget(const Connection* connection);
  void limit_streams();

  world::World& world_;
  Handler handler_;
  HttpLimits limits_;
  std::list<std::unique_ptr<Connection>> connections_;
  std::unique_ptr<Refusal> refusal_;
  std::unique_ptr<world::StreamListener> listener_;
};

}  // namespace sipharness::host
