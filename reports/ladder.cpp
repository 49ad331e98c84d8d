#include "reports/ladder.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "reports/journal_words.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;
using namespace sipharness;

/// policy: so many messages are drawn; a capture may have millions, and a page is read by people.
constexpr std::size_t most_messages = 20'000;

std::int64_t microseconds(Duration d) {
  return std::chrono::duration_cast<std::chrono::microseconds>(d).count();
}

/// Texts that come again and again, each kept once.
class Table {
 public:
  std::size_t number_of(std::string_view text) {
    const auto [place, is_new] = numbers_.try_emplace(std::string(text), numbers_.size());
    if (is_new) texts_.emplace_back(text);
    return place->second;
  }
  ordered_json take() { return std::move(texts_); }

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
  ordered_json texts_ = ordered_json::array();
};

class Ladder {
 public:
  explicit Ladder(const trace::Trace& trace) : trace_(trace) {
    for (const trace::Device& device : trace.devices)
      if (device.under_test) add_lane(device.name, "device", device.addresses);
    for (const trace::Server& server : trace.servers)
      add_lane(std::string(to_string(server.role)), "server", {server.endpoint});
  }

  ordered_json draw() {
    ordered_json messages = ordered_json::array();
    const std::size_t count = std::min(trace_.messages.size(), most_messages);
    for (std::size_t index = 0; index < count; ++index)
      messages.push_back(message(index, trace_.messages[index]));
    ordered_json lookups = this->lookups();
    ordered_json events = ordered_json::array();
    for (const journal::Entry& entry : trace_.journal)
      if (const auto told = words_of(entry.event))
        events.push_back({microseconds(entry.at), told->who, told->kind, told->text});
    return {{"lanes", std::move(lanes_)},
            {"columns",
             {"frame", "us", "from", "to", "what", "call", "transaction", "copy_of", "transport",
              "ignored", "lines"}},
            {"messages", std::move(messages)},
            {"left_out", trace_.messages.size() - count},
            {"lines", lines_.take()},
            {"calls", calls_.take()},
            {"lookups", std::move(lookups)},
            {"events", std::move(events)}};
  }

 private:
  std::size_t add_lane(const std::string& name, std::string_view part,
                       const std::vector<Endpoint>& addresses) {
    const auto [place, is_new] = lane_of_name_.try_emplace(name, lanes_.size());
    if (is_new) {
      lanes_.push_back({{"name", name}, {"part", part}, {"addresses", ordered_json::array()}});
    }
    for (const Endpoint& address : addresses) {
      lane_of_.emplace(address.text(), place->second);
      lanes_[place->second]["addresses"].push_back(address.text());
    }
    return place->second;
  }

  /// A lane of its own for whoever is neither under test nor a server.
  std::size_t lane_at(const Endpoint& endpoint) {
    const auto known = lane_of_.find(endpoint.text());
    return known != lane_of_.end() ? known->second : add_lane(endpoint.text(), "other", {endpoint});
  }

  std::size_t lane_of_device(const trace::Message& message, const Endpoint& endpoint) {
    const trace::Device& device = trace_.devices[message.device];
    return device.under_test ? add_lane(device.name, "device", {}) : lane_at(endpoint);
  }

  std::size_t lane_of_peer(const trace::Message& message, const Endpoint& endpoint) {
    return message.server == trace::ServerRole::none
               ? lane_at(endpoint)
               : add_lane(std::string(to_string(message.server)), "server", {});
  }

  /// DNS between a device and its name server: [frame, us, from, to, what].
  ordered_json lookups() {
    ordered_json out = ordered_json::array();
    for (const trace::Lookup& lookup : trace_.lookups) {
      const dns::Message& dns = lookup.message;
      const Endpoint& server = dns.is_response ? lookup.source : lookup.destination;
      const Endpoint& device = dns.is_response ? lookup.destination : lookup.source;
      const std::size_t there = add_lane("name server", "name server", {server});
      const std::size_t here = lane_at_address(device);
      std::string what = fmt::format("{} {}", to_string(dns.type), dns.name);
      for (const dns::Answer& answer : dns.answers) what += " = " + answer.address.text();
      if (dns.is_response && dns.answers.empty()) what += ": no address";
      out.push_back({lookup.frame, microseconds(lookup.at - trace_.zero),
                     dns.is_response ? there : here, dns.is_response ? here : there,
                     std::move(what)});
    }
    return out;
  }

  /// A device asks its name server from another port than it speaks SIP from.
  std::size_t lane_at_address(const Endpoint& endpoint) {
    for (const trace::Device& device : trace_.devices)
      if (device.under_test && std::ranges::any_of(device.addresses, [&](const Endpoint& one) {
            return one.address == endpoint.address;
          }))
        return add_lane(device.name, "device", {});
    return lane_at(endpoint);
  }

  static std::string what(const sip::MessageView& sip) {
    return sip.is_request() ? std::string(sip.method_text())
                            : fmt::format("{} {}", sip.status(), sip.reason());
  }

  /// The first of the same bytes between the same two over UDP, or -1. A segment of TCP that is
  /// sent again is not SIP sent again: it never becomes a second message.
  std::int64_t copied_from(std::size_t index, const trace::Message& message) {
    if (message.transport != Transport::udp) return -1;
    const std::string key = fmt::format("{}\n{}\n{}", message.source.text(),
                                        message.destination.text(), message.sip.bytes());
    const auto [first, is_new] = first_of_.try_emplace(key, index);
    return is_new ? -1 : static_cast<std::int64_t>(first->second);
  }

  ordered_json message(std::size_t index, const trace::Message& message) {
    const std::size_t from = message.from_device() ? lane_of_device(message, message.source)
                             : message.to_device() ? lane_of_peer(message, message.source)
                                                   : lane_at(message.source);
    const std::size_t to = message.to_device()     ? lane_of_device(message, message.destination)
                           : message.from_device() ? lane_of_peer(message, message.destination)
                                                   : lane_at(message.destination);
    const std::int64_t first = copied_from(index, message);
    return {message.frame,
            microseconds(message.at - trace_.zero),
            from,
            to,
            what(message.sip),
            calls_.number_of(message.sip.call_id()),
            transactions_.number_of(fmt::format("{} {} {}", message.sip.branch(),
                                                message.sip.cseq(), message.sip.call_id())),
            first,
            to_string(message.transport),
            message.ignored ? 1 : 0,
            first < 0 ? lines(message.sip.bytes()) : ordered_json()};
  }

  ordered_json lines(std::string_view bytes) {
    ordered_json numbers = ordered_json::array();
    while (!bytes.empty()) {
      const std::size_t end = std::min(bytes.find('\n'), bytes.size());
      std::string_view line = bytes.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      numbers.push_back(lines_.number_of(line));
      bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
    return numbers;
  }

  const trace::Trace& trace_;
  ordered_json lanes_ = ordered_json::array();
  std::map<std::string, std::size_t> lane_of_name_;
  std::map<std::string, std::size_t> lane_of_;
  std::unordered_map<std::string, std::size_t> first_of_;
  Table lines_, calls_, transactions_;
};

}  // namespace

ordered_json ladder_json(const trace::Trace& trace) {
  return Ladder(trace).draw();
}

}  // namespace reports
