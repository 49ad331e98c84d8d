#include "harness/host/http/server.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

namespace sipharness::host {
namespace {

namespace http = boost::beast::http;

/// policy: how long a refused client may go on sending before the connection is closed; closing
/// over unread bytes would cost it the answer.
constexpr Duration drain_time = 1s;

/// policy: what the kernel takes at once; a longer answer waits for its client to take it.
constexpr std::size_t taken_at_once = 64UL * 1024;

constexpr std::string_view version_mark = " HTTP/";

bool belongs_into_a_target(char c) {
  return c > ' ' && c < '\x7f';
}

/// The request line with everything between method and version as one target.
std::string mended(std::string_view line) {
  const std::size_t begin = line.find(' ');
  const std::size_t end = line.rfind(version_mark);
  if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin)
    return std::string(line);
  std::string text(line.substr(0, begin + 1));
  for (const char c : line.substr(begin + 1, end - begin - 1)) {
    if (belongs_into_a_target(c))
      text += c;
    else
      text += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
  }
  return text.append(line.substr(end));
}

int status_for(const boost::beast::error_code& error) {
  constexpr int bad_request = 400;
  constexpr int too_large = 413;
  constexpr int head_too_large = 431;
  if (error == http::error::body_limit) return too_large;
  if (error == http::error::header_limit) return head_too_large;
  return bad_request;
}

std::string to_text(const HttpResponse& response, bool with_body) {
  const std::string length = response.is_event_stream
                                 ? std::string()
                                 : fmt::format("Content-Length: {}\r\n", response.body.size());
  return fmt::format(
      "HTTP/1.1 {} {}\r\nServer: sipharness/0.1\r\nContent-Type: {}\r\n"
      "{}{}Connection: close\r\n\r\n{}",
      response.status, http_reason(response.status), response.content_type, length,
      response.headers, with_body ? std::string_view(response.body) : "");
}

HttpResponse refusal_of(int status) {
  return {status, "text/plain", fmt::format("{}\n", http_reason(status))};
}

}  // namespace

class HttpServer::Connection final : public world::StreamHandler {
 public:
  Connection(HttpServer& owner, std::unique_ptr<world::Stream> stream)
      : owner_(owner), stream_(std::move(stream)) {
    parser_.eager(true);
    parser_.header_limit(static_cast<std::uint32_t>(owner.limits_.head));
    parser_.body_limit(owner.limits_.body);
    constexpr int too_slow = 408;
    deadline_ = owner_.world_.call_after(owner_.limits_.time_out, [this] { refuse(too_slow); });
  }

  bool is_event_stream() const { return is_event_stream_; }
  /// False when it has had its share.
  bool continue_with(std::string_view events) {
    streamed_ += events.size();
    if (streamed_ > max_stream_bytes) return false;
    stream_->send(events);
    return true;
  }

 private:
  void on_open() override {}

  void on_bytes(std::string_view bytes) override {
    if (is_answered_) return;
    unread_ += bytes;
    if (!has_line_ && !mend_line()) return;
    boost::beast::error_code error;
    const std::size_t taken = parser_.put(boost::asio::buffer(unread_), error);
    unread_.erase(0, taken);
    if (error && error != http::error::need_more) return refuse(status_for(error));
    if (parser_.is_done()) serve();
  }

  void on_end(world::StreamEnd) override { close_after(Duration::zero()); }

  /// False as long as the request line is not complete.
  bool mend_line() {
    constexpr int line_too_long = 431;
    const std::size_t end = unread_.find('\n');
    if (std::min(end, unread_.size()) > owner_.limits_.head) {
      refuse(line_too_long);
      return false;
    }
    if (end == std::string::npos) return false;
    has_line_ = true;
    unread_.replace(0, end, mended(std::string_view(unread_).substr(0, end)));
    return true;
  }

  void serve() {
    const auto& message = parser_.get();
    HttpRequest request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    request.user_agent = std::string(message[http::field::user_agent]);
    request.host = std::string(message[http::field::host]);
    request.origin = std::string(message[http::field::origin]);
    request.cookie = std::string(message[http::field::cookie]);
    request.body = message.body();
    request.from = stream_->remote();
    request.to = stream_->local();
    const HttpResponse response = owner_.handler_(request);
    answer(response, request.method != "HEAD");
    is_event_stream_ = response.is_event_stream && request.method != "HEAD";
    if (is_event_stream_) return close_after(max_stream_time);
    close_after(response.body.size() > taken_at_once ? owner_.limits_.time_out : Duration::zero());
  }

  void refuse(int status) {
    if (!is_answered_) answer(refusal_of(status), true);
    close_after(drain_time);
  }

  void answer(const HttpResponse& response, bool with_body) {
    is_answered_ = true;
    stream_->send(to_text(response, with_body));
  }

  void close_after(Duration delay) {
    deadline_ = owner_.world_.call_after(delay, [this] { owner_.forget(this); });
  }

  HttpServer& owner_;
  std::unique_ptr<world::Stream> stream_;
  http::request_parser<http::string_body> parser_;
  std::string unread_;
  bool has_line_ = false;
  bool is_answered_ = false;
  bool is_event_stream_ = false;
  std::size_t streamed_ = 0;
  world::Timer deadline_;
};

class HttpServer::Refusal final : public world::StreamHandler {
 public:
  void on_open() override {}
  void on_bytes(std::string_view) override {}
  void on_end(world::StreamEnd) override {}
};

HttpServer::HttpServer(world::World& world, const Endpoint& local, Handler handler,
                       const HttpLimits& limits)
    : world_(world),
      handler_(std::move(handler)),
      limits_(limits),
      refusal_(std::make_unique<Refusal>()),
      listener_(world.listen(
          local, [this](std::unique_ptr<world::Stream> stream) -> world::StreamHandler& {
            return accept(std::move(stream));
          })) {}

HttpServer::~HttpServer() = default;

world::StreamHandler& HttpServer::accept(std::unique_ptr<world::Stream> stream) {
  if (connections_.size() >= max_connections) {
    stream->abort();
    return *refusal_;
  }
  limit_streams();
  return *connections_.emplace_back(std::make_unique<Connection>(*this, std::move(stream)));
}

void HttpServer::broadcast(std::string_view events) {
  if (events.empty()) return;
  connections_.remove_if(
      [events](const auto& one) { return one->is_event_stream() && !one->continue_with(events); });
}

bool HttpServer::has_event_streams() const {
  return std::ranges::any_of(connections_, [](const auto& one) { return one->is_event_stream(); });
}

/// Room for one more; the first in the list is the oldest.
void HttpServer::limit_streams() {
  const auto is_stream = [](const auto& one) { return one->is_event_stream(); };
  if (static_cast<std::size_t>(std::ranges::count_if(connections_, is_stream)) < max_streams)
    return;
  connections_.erase(std::ranges::find_if(connections_, is_stream));
}

void HttpServer::forget(const Connection* connection) {
  connections_.remove_if([connection](const auto& one) { return one.get() == connection; });
}

}  // namespace sipharness::host
