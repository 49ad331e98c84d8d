#include "reports/ladder.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "reports/journal_words.hpp"

namespace reports {
namespace {

using namespace sipharness;
using Kind = LadderEntry::Kind;

class LadderBuilder {
 public:
  LadderBuilder(const trace::Trace& trace, const LadderLimits& limits)
      : trace_(trace), limits_(limits) {
    for (const trace::Device& device : trace.devices)
      if (device.under_test && is_drawn(device))
        lane_named(device.name, "device", device.addresses);
    for (const trace::Server& server : trace.servers)
      lane_named(std::string(to_string(server.role)), "server", {server.endpoint});
  }

  Ladder build() {
    add_events();
    const std::vector<std::size_t> messages = drawn_messages();
    const auto [first, last] = part_of(messages.size());
    for (std::size_t index = first; index < last; ++index) add(trace_.messages[messages[index]]);
    ladder_.left_out = trace_.messages.size() - (last - first);
    const auto [first_lookup, last_lookup] = part_of(trace_.lookups.size());
    for (std::size_t index = first_lookup; index < last_lookup; ++index) add(trace_.lookups[index]);
    std::ranges::stable_sort(ladder_.entries, {}, [](const LadderEntry& entry) {
      return std::pair(entry.at, entry.frame);
    });
    count_copies();
    return std::move(ladder_);
  }

 private:
  bool is_drawn(const trace::Device& device) const {
    return limits_.devices.empty() || limits_.devices.contains(device.name);
  }

  /// Of a device that is not drawn nothing is.
  std::vector<std::size_t> drawn_messages() const {
    std::vector<bool> drawn;
    for (const trace::Device& device : trace_.devices) drawn.push_back(is_drawn(device));
    std::vector<std::size_t> messages;
    const auto& places = trace_.messages.places();
    for (std::size_t index = 0; index < places.size(); ++index)
      if (places[index].device >= drawn.size() || drawn[places[index].device])
        messages.push_back(index);
    return messages;
  }

  /// Of so many, which are drawn.
  std::pair<std::size_t, std::size_t> part_of(std::size_t size) const {
    const std::size_t count = std::min(size, limits_.messages);
    return limits_.so_far ? std::pair(size - count, size) : std::pair(std::size_t{0}, count);
  }

  std::size_t lane_named(const std::string& name, std::string_view part,
                         const std::vector<Endpoint>& addresses = {}) {
    const auto [place, is_new] = lane_of_name_.try_emplace(name, ladder_.lanes.size());
    if (is_new) ladder_.lanes.push_back({name, part, {}});
    for (const Endpoint& address : addresses) {
      lane_of_.emplace(address.text(), place->second);
      ladder_.lanes[place->second].addresses.push_back(address.text());
    }
    return place->second;
  }

  /// A lane of its own for whoever is neither under test nor a server.
  std::size_t lane_at(const Endpoint& endpoint) {
    const std::string name = endpoint.text();
    if (const auto known = lane_of_.find(name); known != lane_of_.end()) return known->second;
    if (others_ < most_other_lanes) {
      ++others_;
      return lane_named(name, "other", {endpoint});
    }
    return lane_named("others", "other");
  }

  /// A device asks its name server from another port than it speaks SIP from.
  std::size_t lane_of_asker(const Endpoint& endpoint) {
    for (const trace::Device& device : trace_.devices)
      if (device.under_test && std::ranges::any_of(device.addresses, [&](const Endpoint& one) {
            return one.address == endpoint.address;
          }))
        return lane_named(device.name, "device");
    return lane_at(endpoint);
  }

  std::size_t lane_of_device(const trace::Message& message, const Endpoint& endpoint) {
    const trace::Device& device = trace_.devices[message.device];
    return device.under_test ? lane_named(device.name, "device") : lane_at(endpoint);
  }

  std::size_t lane_of_peer(const trace::Message& message, const Endpoint& endpoint) {
    return message.server == trace::ServerRole::none
               ? lane_at(endpoint)
               : lane_named(std::string(to_string(message.server)), "server");
  }

  void add_events() {
    std::set<std::string_view> undrawn;
    for (const trace::Device& device : trace_.devices)
      if (!is_drawn(device)) undrawn.insert(device.name);
    const auto words = [&](const journal::Entry& entry) -> std::optional<JournalWords> {
      if (limits_.so_far && std::holds_alternative<journal::Ended>(entry.event))
        return std::nullopt;
      auto told = words_of(entry.event);
      if (told && undrawn.contains(told->who)) return std::nullopt;
      return told;
    };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(
        trace_.journal, [&](const auto& one) { return words(one).has_value(); }));
    const auto [first, last] = part_of(count);
    std::size_t index = 0;
    for (const journal::Entry& entry : trace_.journal) {
      auto told = words(entry);
      if (!told) continue;
      if (const std::size_t number = index++; number < first || number >= last) continue;
      const auto lane = lane_of_name_.find(told->who);
      ladder_.entries.push_back({.kind = Kind::event,
                                 .at = entry.at,
                                 .what = std::move(told->text),
                                 .from = lane == lane_of_name_.end() ? no_lane : lane->second,
                                 .event = told->kind});
    }
  }

  void add(const trace::Message& message) {
    const bool is_ours = message.direction != trace::Direction::elsewhere;
    const sip::MessageView& sip = message.sip;
    LadderEntry entry{.at = message.at - trace_.zero,
                      .what = sip.is_request() ? std::string(sip.method_text())
                                               : fmt::format("{} {}", sip.status(), sip.reason()),
                      .frame = message.frame,
                      .transport = to_string(message.transport),
                      .bytes = sip.bytes(),
                      .call_id = sip.call_id(),
                      .ignored = message.ignored};
    entry.from = !is_ours                ? lane_at(message.source)
                 : message.from_device() ? lane_of_device(message, message.source)
                                         : lane_of_peer(message, message.source);
    entry.to = !is_ours              ? lane_at(message.destination)
               : message.to_device() ? lane_of_device(message, message.destination)
                                     : lane_of_peer(message, message.destination);
    ladder_.entries.push_back(std::move(entry));
  }

  void add(const trace::Lookup& lookup) {
    const dns::Message& dns = lookup.message;
    const Endpoint& server = dns.is_response ? lookup.source : lookup.destination;
    const std::size_t there = lane_named("name server", "name server", {server});
    const std::size_t here = lane_of_asker(dns.is_response ? lookup.destination : lookup.source);
    std::string what = fmt::format("{} {}", to_string(dns.type), dns.name);
    for (const dns::Answer& answer : dns.answers) what += " = " + answer.address.text();
    if (dns.is_response && dns.answers.empty()) what += ": no address";
    ladder_.entries.push_back({.kind = Kind::lookup,
                               .at = lookup.at - trace_.zero,
                               .what = std::move(what),
                               .from = dns.is_response ? there : here,
                               .to = dns.is_response ? here : there,
                               .frame = lookup.frame,
                               .transport = "DNS"});
  }

  /// The same bytes between the same two over UDP. A segment of TCP that is sent again is not SIP
  /// sent again: it never becomes a second message.
  void count_copies() {
    std::unordered_map<std::string, std::vector<std::size_t>> alike;
    for (std::size_t index = 0; index < ladder_.entries.size(); ++index) {
      LadderEntry& entry = ladder_.entries[index];
      entry.first = index;
      if (entry.kind == Kind::message && entry.transport == to_string(Transport::udp))
        alike[fmt::format("{} {} {}", entry.from, entry.to, entry.bytes)].push_back(index);
    }
    for (const auto& [key, indices] : alike) {
      for (std::size_t i = 0; i < indices.size(); ++i) {
        LadderEntry& entry = ladder_.entries[indices[i]];
        entry.first = indices.front();
        entry.number = i + 1;
        entry.of = indices.size();
      }
    }
  }

  const trace::Trace& trace_;
  LadderLimits limits_;
  Ladder ladder_;
  std::size_t others_ = 0;
  std::map<std::string, std::size_t, std::less<>> lane_of_name_;
  std::map<std::string, std::size_t> lane_of_;
};

}  // namespace

Ladder ladder_of(const trace::Trace& trace, const LadderLimits& limits) {
  return LadderBuilder(trace, limits).build();
}

}  // namespace reports
