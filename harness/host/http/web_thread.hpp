#pragma once
// A web server in a thread of its own, with a world of its own: whatever browsers do, a run in real
// time is not made late, and nothing of theirs gets into its capture.
//  1. `answer` and `news` are called on that thread; they may not touch what another uses, unless
//     it is guarded (guarded.hpp).
//  2. `news` is asked five times a second; what it returns goes to every event stream, and once
//     more when this ends. Who listens then has ten seconds to fetch what it wants and to go.
//  3. No signal is delivered to that thread.

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "harness/host/http/server.hpp"
#include "harness/host/real_world.hpp"

namespace sipharness::host {

class WebThread {
 public:
  using News = std::function<std::string()>;

  /// Listens when it returns. Throws SetupError if `local` cannot be bound; port 0 picks one.
  WebThread(const Endpoint& local, HttpServer::Handler answer, News news);
  ~WebThread();
  WebThread(const WebThread&) = delete;
  WebThread& operator=(const WebThread&) = delete;

  const Endpoint& local() const { return server_.local(); }

 private:
  void tell_news();

  RealWorld world_;
  HttpServer server_;
  News news_;
  world::Timer timer_;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

}  // namespace sipharness::host
