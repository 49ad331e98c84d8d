#include "harness/stage/live/unexpected_traffic.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::stage {
namespace {

/// Bytes of others, short and fit for a terminal.
std::string printable_word(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string clean(text.substr(0, longest));
  std::ranges::replace_if(
      clean, [](char c) { return c < '!' || c > '~'; }, '?');
  if (text.size() > longest) clean += "...";
  return clean;
}

}  // namespace

void UnexpectedTraffic::forget() {
  kinds_.clear();
  others_ = 0;
}

bool UnexpectedTraffic::is_ours(const Endpoint& endpoint) const {
  return std::ranges::any_of(scenario_.servers, [&](const scenario::Server& server) {
    return server.address == endpoint.address && server.port == endpoint.port;
  });
}

bool UnexpectedTraffic::is_our_host(const IpAddress& address) const {
  return std::ranges::any_of(
      scenario_.servers, [&](const scenario::Server& server) { return server.address == address; });
}

std::string UnexpectedTraffic::place_of(const Endpoint& endpoint) const {
  for (const scenario::Server& server : scenario_.servers)
    if (server.address == endpoint.address && server.port == endpoint.port)
      return "the " + server.name;
  return fmt::format("{}, where no server is", endpoint.text());
}

std::string UnexpectedTraffic::kind_of(const sip::MessageView& message) const {
  const std::string method = printable_word(message.method_text());
  if (message.is_response()) return fmt::format("{} to {}", message.status(), method);
  if (message.method() != sip::Method::register_) return method;
  return fmt::format("REGISTER for {}", printable_word(trace::user_in(message, sip::HeaderId::to)));
}

void UnexpectedTraffic::on_message(const LiveMessage& message) {
  const capture::Origin& origin = message.origin;
  if (is_ours(origin.source) || !is_our_host(origin.destination.address)) return;
  const bool is_to_server = is_ours(origin.destination);
  const bool is_stream = message.transport == Transport::tcp;
  if (is_stream && !is_to_server) return;
  const std::string way =
      fmt::format("from {} to {}", origin.source.text(), place_of(origin.destination));
  if (message.sip.is_sip())
    count({}, fmt::format("{}{} {}", kind_of(message.sip), is_stream ? " over TCP" : "", way));
  else if (is_to_server && !is_stream)
    count("non-SIP datagram", way);
}

void UnexpectedTraffic::on_keep_alive(const capture::Origin& origin) {
  if (is_ours(origin.source) || !is_our_host(origin.destination.address)) return;
  count("keep-alive",
        fmt::format("from {} to {}", origin.source.text(), place_of(origin.destination)));
}

void UnexpectedTraffic::on_stream_event(const capture::Origin& origin, capture::StreamEvent event) {
  if (event == capture::StreamEvent::syn && is_ours(origin.destination))
    count("TCP connection",
          fmt::format("from {} to {}", origin.source.address.text(), place_of(origin.destination)));
}

void UnexpectedTraffic::on_icmp(const capture::IcmpError& error) {
  if (is_ours(error.original_source))
    count("ICMP error",
          fmt::format("that says nobody is at {}", error.original_destination.text()));
}

void UnexpectedTraffic::on_arp() {
  count("ARP packet", {});
}

void UnexpectedTraffic::count(std::string_view noun, std::string rest) {
  const auto known = std::ranges::find_if(
      kinds_, [&](const Kind& kind) { return kind.noun == noun && kind.rest == rest; });
  if (known != kinds_.end())
    ++known->times;
  else if (kinds_.size() < most_kinds)
    kinds_.push_back({noun, std::move(rest)});
  else
    ++others_;
}

std::string UnexpectedTraffic::text() const {
  if (kinds_.empty()) return "nothing";
  std::string text;
  for (const Kind& kind : kinds_) {
    const std::string what =
        kind.noun.empty() ? std::to_string(kind.times) : counted(kind.times, kind.noun);
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", what, kind.rest.empty() ? "" : " ",
                        kind.rest);
  }
  if (others_ > 0) text += fmt::format(" and {} more of other kinds", others_);
  return text;
}

}  // namespace sipharness::stage
