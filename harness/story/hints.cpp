// What speaks for where a capture was taken, and which direction it lacks.

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "harness/base/address_space.hpp"
#include "harness/base/counted.hpp"
#include "harness/sip/via.hpp"
#include "harness/story/chapters.hpp"
#include "harness/story/ttl.hpp"

namespace sipharness::story {
namespace {

using trace::Direction;

bool is_loopback(const IpAddress& address) {
  return address.is_v4() ? address.bytes()[0] == 127 : address.text() == "::1";
}

class HintFinder {
 public:
  explicit HintFinder(const trace::Trace& trace) : trace_(trace) {}

  std::vector<std::string> find() && {
    look_for_loopback();
    count_directions();
    look_for_routers();
    for (const trace::Server& server : trace_.servers) {
      look_for_other_direction(server.role);
      look_for_named(server);
    }
    look_for_nat();
    return std::move(hints_);
  }

 private:
  void look_for_loopback() {
    const auto& flows = trace_.messages.flows();
    const bool is_on_one_host =
        !flows.empty() && std::ranges::all_of(flows, [](const trace::Flow& flow) {
          return is_loopback(flow.source.address) && is_loopback(flow.destination.address);
        });
    is_on_one_host_ = is_on_one_host;
    if (is_on_one_host)
      hints_.emplace_back("all addresses are loopback: captured on the host of both sides");
  }

  void count_directions() {
    for (const auto& place : trace_.messages.places()) {
      const trace::Flow& flow = trace_.messages.flow_of(place);
      if (flow.direction == Direction::elsewhere) continue;
      const std::size_t way = flow.direction == Direction::from_device ? 0 : 1;
      ++counts_[static_cast<std::size_t>(flow.server)][way];
      if (firsts_[way].frame == 0) firsts_[way] = {place.frame, flow.source.address};
    }
  }

  /// Whose packets came without a router in between was captured beside.
  void look_for_routers() {
    const auto& [sent, heard] = firsts_;
    if (!trace_.file || is_on_one_host_ || sent.frame == 0 || heard.frame == 0) return;
    const auto found =
        ttl_of_frames(*trace_.file, {{sent.frame, sent.source}, {heard.frame, heard.source}});
    if (found.size() < 2) return;
    const unsigned of_phone = found.at(sent.frame);
    const unsigned of_server = found.at(heard.frame);
    constexpr std::array<std::string_view, 4> places = {
        "captured between routers", "captured on the link of the server",
        "captured on the link of the phone", "neither passed a router"};
    const std::size_t place =
        (is_ttl_as_sent(of_phone) ? 2U : 0U) + (is_ttl_as_sent(of_server) ? 1U : 0U);
    hints_.push_back(
        fmt::format("TTL {} from the phone (frame {}), {} from the server (frame {}): "
                    "{}",
                    of_phone, sent.frame, of_server, heard.frame, places[place]));
  }

  void look_for_other_direction(ServerRole server) {
    const auto [sent, heard] = counts_[static_cast<std::size_t>(server)];
    if (sent > 0 && heard == 0)
      hints_.push_back(
          fmt::format("{} to the {}, none from it: it was silent, or the capture has one direction",
                      counted(sent, "message"), to_string(server)));
    if (sent == 0 && heard > 0)
      hints_.push_back(fmt::format("{} from the {}, none to it: the capture has one direction",
                                   counted(heard, "message"), to_string(server)));
    counts_[static_cast<std::size_t>(server)] = {};  // a server may have several addresses
  }

  void look_for_named(const trace::Server& server) {
    const bool is_seen =
        std::ranges::count(trace_.messages.flows(), server.role, &trace::Flow::server) > 0;
    if (server.known.from == trace::KnownFrom::named && !is_seen)
      hints_.push_back(fmt::format("no SIP message to or from {}, named as the {}",
                                   server.endpoint.text(), to_string(server.role)));
  }

  /// The first request of a phone whose Via names another address than it came from, and the first
  /// response that tells a phone of another address than it has.
  void look_for_nat() {
    bool is_behind = false;
    bool is_before = false;
    for (const trace::Message& message : trace_.messages) {
      if (is_behind && is_before) return;
      if (message.from_device() && message.sip.is_request() && !is_behind)
        is_behind = look_at_request(message);
      else if (message.to_device() && message.sip.is_response() && !is_before)
        is_before = look_at_response(message);
    }
  }

  bool look_at_request(const trace::Message& message) {
    const auto sent_by = IpAddress::parse(message.sip.via().host);
    if (!sent_by || *sent_by == message.source.address) return false;
    const bool is_translated = is_private(*sent_by) && !is_private(message.source.address);
    hints_.push_back(
        fmt::format("frame {}: Via says {}, the packet came from {}{}", message.frame,
                    sent_by->text(), message.source.text(),
                    is_translated ? ": captured behind a NAT, on the servers' side of it" : ""));
    return true;
  }

  bool look_at_response(const trace::Message& message) {
    const sip::Via via = message.sip.via();
    const auto received = IpAddress::parse(via.received);
    if (!received || *received == message.destination.address) return false;
    hints_.push_back(fmt::format(
        "frame {}: the server saw {}, the packet went to {}: captured before a NAT, on "
        "the phone's side of it",
        message.frame, Endpoint{*received, via.rport.value_or(message.destination.port)}.text(),
        message.destination.text()));
    return true;
  }

  const trace::Trace& trace_;
  bool is_on_one_host_ = false;
  std::array<std::array<std::size_t, 2>, 3> counts_{};  ///< by server: from phones, to phones
  struct First {
    std::uint32_t frame = 0;
    IpAddress source;
  };
  std::array<First, 2> firsts_{};  ///< from phones, to phones
  std::vector<std::string> hints_;
};

}  // namespace

std::vector<std::string> tell_hints(const trace::Trace& trace) {
  return HintFinder(trace).find();
}

}  // namespace sipharness::story
