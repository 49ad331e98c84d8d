#pragma once
// HTTP messages as the harness has use for them: a method, a target, a status, a body. Client and
// server (http_client.hpp, http_server.hpp) run over the streams of either world; Boost.Beast reads
// the bytes, Asio's sockets and its event loop have no part in it.
// @source RFC 9110, RFC 9112

#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"

namespace sipharness::host {

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  ///< path and query as they were sent, blanks as %20
  std::string user_agent{};
  std::string host{};    ///< the authority it was sent to: "127.0.0.1:8080"
  std::string origin{};  ///< of the page that sent it; empty: none did
  std::string cookie{};
  std::string body{};
  Endpoint from{};
  Endpoint to{};  ///< of ours
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain";
  std::string body{};
  std::string headers{};  ///< more of them, each a line with its end
  /// The body is the begin of an event stream, which goes on with what HttpServer::broadcast says.
  bool is_event_stream = false;
};

/// What one exchange may take. policy: far more than a handset says, far less than would hurt.
struct HttpLimits {
  Duration time_out = 5s;  ///< from the first byte wanted to the last one needed
  std::size_t head = 8192;
  std::size_t body = 65536;
};

/// "Not Found"; "Unknown" for a status nobody knows.
std::string_view http_reason(int status);

/// Everything but letters, digits and "-._~" as %XX. @source RFC 3986 §2.3
std::string percent_encoded(std::string_view text);
/// The reverse; a % that stands for nothing stays as it is.
std::string percent_decoded(std::string_view text);

}  // namespace sipharness::host
