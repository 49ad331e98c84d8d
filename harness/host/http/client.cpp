#include "harness/host/http/client.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

namespace sipharness::host {
namespace {

namespace http = boost::beast::http;

HttpFailure failure_of(world::StreamEnd end) {
  switch (end) {
    case world::StreamEnd::refused:
      return HttpFailure::refused;
    case world::StreamEnd::unreachable:
      return HttpFailure::unreachable;
    case world::StreamEnd::timed_out:
      return HttpFailure::timed_out;
    case world::StreamEnd::closed:
    case world::StreamEnd::reset:
      break;
  }
  return HttpFailure::cut_off;
}

HttpFailure failure_of(const boost::beast::error_code& error) {
  if (error == http::error::body_limit || error == http::error::header_limit ||
      error == http::error::buffer_overflow)
    return HttpFailure::too_large;
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return HttpFailure::cut_off;
  return HttpFailure::not_http;
}

}  // namespace

std::string_view to_string(HttpFailure failure) {
  switch (failure) {
    case HttpFailure::refused:
      return "connection refused";
    case HttpFailure::unreachable:
      return "host unreachable";
    case HttpFailure::timed_out:
      return "timed out";
    case HttpFailure::not_http:
      return "not HTTP";
    case HttpFailure::too_large:
      return "response too large";
    case HttpFailure::cut_off:
      return "connection ended too early";
  }
  return "failed";
}

/// One request and what comes back for it.
class HttpClient::Exchange final : public world::StreamHandler {
 public:
  Exchange(HttpClient& owner, Done done) : owner_(owner), done_(std::move(done)) {
    parser_.eager(true);
    parser_.header_limit(static_cast<std::uint32_t>(owner.limits_.head));
    parser_.body_limit(owner.limits_.body);
  }

  void start(const Endpoint& server, std::string_view target) {
    deadline_ = owner_.world_.call_after(
        owner_.limits_.time_out, [this] { end_with(tl::unexpected(HttpFailure::timed_out)); });
    stream_ = owner_.world_.connect({owner_.local_, 0}, server, *this);
    stream_->send(
        fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: sipharness/0.1\r\n"
                    "Accept: application/json\r\nConnection: close\r\n\r\n",
                    target, server.text()));
  }

  void fail_later(HttpFailure failure) { end_with(tl::unexpected(failure)); }
  void tell() const { done_(*outcome_); }

 private:
  void on_open() override {}

  void on_bytes(std::string_view bytes) override {
    unread_ += bytes;
    boost::beast::error_code error;
    const std::size_t taken = parser_.put(boost::asio::buffer(unread_), error);
    unread_.erase(0, taken);
    if (error && error != http::error::need_more)
      return end_with(tl::unexpected(failure_of(error)));
    if (parser_.is_done()) end_with(response());
  }

  void on_end(world::StreamEnd end) override {
    if (end != world::StreamEnd::closed || !parser_.got_some())
      return end_with(tl::unexpected(failure_of(end)));
    boost::beast::error_code error;
    parser_.put_eof(error);
    if (error) return end_with(tl::unexpected(failure_of(error)));
    end_with(response());
  }

  HttpResponse response() const {
    const auto& message = parser_.get();
    return {static_cast<int>(message.result_int()), std::string(message[http::field::content_type]),
            message.body()};
  }

  /// Told from a call of its own: this object may be inside a handler of its stream.
  void end_with(HttpOutcome outcome) {
    if (outcome_) return;
    outcome_ = std::move(outcome);
    stream_.reset();
    deadline_ = owner_.world_.call_after(Duration::zero(), [this] { owner_.complete(this); });
  }

  HttpClient& owner_;
  Done done_;
  http::response_parser<http::string_body> parser_;
  std::string unread_;
  std::optional<HttpOutcome> outcome_;
  std::unique_ptr<world::Stream> stream_;
  world::Timer deadline_;
};

HttpClient::HttpClient(world::World& world, const IpAddress& local, const HttpLimits& limits)
    : world_(world), local_(local), limits_(limits) {}

HttpClient::~HttpClient() = default;

void HttpClient::get(const Endpoint& server, std::string_view target, Done done) {
  const bool is_busy = exchanges_.size() >= max_exchanges;
  Exchange& exchange = *exchanges_.emplace_back(std::make_unique<Exchange>(*this, std::move(done)));
  if (is_busy)
    exchange.fail_later(HttpFailure::timed_out);
  else
    exchange.start(server, target);
}

void HttpClient::complete(const Exchange* exchange) {
  const auto found = std::ranges::find(exchanges_, exchange, &std::unique_ptr<Exchange>::get);
  const std::unique_ptr<Exchange> ended = std::move(*found);
  exchanges_.erase(found);
  ended->tell();
}

}  // namespace sipharness::host
