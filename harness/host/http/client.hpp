#pragma once
// Asks a web server on the world's own thread: nothing waits, everything is bounded. The phone
// driver uses it.
//  1. `done` is called exactly once for each get(), never from inside it, and not at all once the
//     client is gone.
//  2. A connection serves one exchange.
//  3. Beyond max_exchanges at a time an exchange fails as timed_out: whoever asks that much is not
//     answered anyway.

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "harness/host/http/message.hpp"
#include "harness/world/world.hpp"

namespace sipharness::host {

/// Why there is no response.
enum class HttpFailure : std::uint8_t {
  refused,      ///< nothing listens there
  unreachable,  ///< no way to that host
  timed_out,    ///< no connection, or no complete response, within the limit
  not_http,     ///< what came is no HTTP response
  too_large,    ///< more than the limits allow
  cut_off,      ///< the connection ended before the response did
};

std::string_view to_string(HttpFailure failure);

using HttpOutcome = tl::expected<HttpResponse, HttpFailure>;

class HttpClient {
 public:
  using Done = std::function<void(const HttpOutcome&)>;
  static constexpr std::size_t max_exchanges = 16;

  /// Connections leave from `local`.
  HttpClient(world::World& world, const IpAddress& local, const HttpLimits& limits = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// `target` is path and query, ready for the request line.
  void get(const Endpoint& server, std::string_view target, Done done);

 private:
  class Exchange;
  void complete(const Exchange* exchange);

  world::World& world_;
  IpAddress local_;
  HttpLimits limits_;
  std::list<std::unique_ptr<Exchange>> exchanges_;
};

}  // namespace sipharness::host
