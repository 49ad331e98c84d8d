#include "harness/run/sightings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/trace/users.hpp"

namespace sipharness::run {
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

bool is_arp(const packet::FrameView& frame) {
  constexpr std::string_view ethertype("\x08\x06", 2);
  return frame.link == packet::LinkType::ethernet && frame.bytes.size() > 14 &&
         frame.bytes.substr(12, 2) == ethertype;
}

}  // namespace

void Sightings::on_frame(const packet::FrameView& frame) {
  if (is_arp(frame)) return count("ARP packet(s)");
  decoder_.on_frame(frame);
}

void Sightings::forget() {
  kinds_.clear();
  others_ = 0;
}

bool Sightings::is_ours(const Endpoint& endpoint) const {
  return std::ranges::any_of(scenario_.servers, [&](const scenario::Server& server) {
    return server.address == endpoint.address && server.port == endpoint.port;
  });
}

bool Sightings::is_our_host(const IpAddress& address) const {
  return std::ranges::any_of(
      scenario_.servers, [&](const scenario::Server& server) { return server.address == address; });
}

std::string Sightings::place_of(const Endpoint& endpoint) const {
  for (const scenario::Server& server : scenario_.servers)
    if (server.address == endpoint.address && server.port == endpoint.port)
      return "the " + server.name;
  return fmt::format("{}, where no server is", endpoint.text());
}

std::string Sightings::kind_of(const sip::MessageView& message) const {
  const std::string method = printable_word(message.method_text());
  if (message.is_response()) return fmt::format("{} to {}", message.status(), method);
  if (message.method() != sip::Method::register_) return method;
  return fmt::format("REGISTER for {}", printable_word(trace::user_in(message, sip::HeaderId::to)));
}

void Sightings::on_datagram(const capture::Origin& origin, std::string_view payload) {
  if (is_ours(origin.source) || !is_our_host(origin.destination.address)) return;
  const bool is_to_server = is_ours(origin.destination);
  const sip::MessageView message = sip::MessageView::parse(payload);
  const std::string way =
      fmt::format("from {} to {}", origin.source.text(), place_of(origin.destination));
  if (sip::is_keep_alive(payload))
    count(fmt::format("keep-alive(s) {}", way));
  else if (message.is_sip())
    count(fmt::format("{} {}", kind_of(message), way));
  else if (is_to_server)
    count(fmt::format("datagram(s) that are no SIP {}", way));
}

void Sightings::on_stream_bytes(const capture::Origin& origin, std::string_view bytes) {
  if (!is_ours(origin.destination)) return;
  const sip::MessageView message = sip::MessageView::parse(bytes);
  if (message.is_sip())
    count(fmt::format("{} over TCP from {} to {}", kind_of(message), origin.source.text(),
                      place_of(origin.destination)));
}

void Sightings::on_stream_event(const capture::Origin& origin, capture::StreamEvent event) {
  if (event == capture::StreamEvent::syn && is_ours(origin.destination))
    count(fmt::format("TCP connection(s) from {} to {}", origin.source.address.text(),
                      place_of(origin.destination)));
}

void Sightings::on_icmp(const capture::IcmpError& error) {
  if (is_ours(error.original_source))
    count(fmt::format("ICMP error(s): nobody at {}", error.original_destination.text()));
}

void Sightings::count(std::string kind) {
  const auto known = std::ranges::find(kinds_, kind, &std::pair<std::string, std::size_t>::first);
  if (known != kinds_.end())
    ++known->second;
  else if (kinds_.size() < most_kinds)
    kinds_.emplace_back(std::move(kind), 1);
  else
    ++others_;
}

std::string Sightings::text() const {
  if (kinds_.empty()) return "nothing";
  std::string text;
  for (const auto& [kind, times] : kinds_)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", times, kind);
  if (others_ > 0) text += fmt::format(" and {} more of other kinds", others_);
  return text;
}

}  // namespace sipharness::run
