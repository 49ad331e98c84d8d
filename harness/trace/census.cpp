#include "harness/trace/census.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/counted.hpp"

namespace sipharness::trace {
namespace {

/// policy: more servers of protocols that are not read are not told apart.
constexpr std::size_t most_entries = 64;

void count(std::vector<Census::Entry>& entries, const Census::Entry& one) {
  const auto known = std::ranges::find_if(entries, [&](const Census::Entry& entry) {
    return entry.protocol == one.protocol && entry.server == one.server;
  });
  if (known != entries.end())
    ++known->packets;
  else if (entries.size() < most_entries)
    entries.push_back(one);
}

std::uint64_t sum(const std::vector<Census::Entry>& entries) {
  std::uint64_t all = 0;
  for (const Census::Entry& entry : entries) all += entry.packets;
  return all;
}

}  // namespace

void Census::add(std::string_view protocol, const capture::Origin& origin) {
  count(entries_, {protocol, {}, {}, 1, origin.frame});
}

void Census::add_for_server(std::string_view protocol, const capture::Origin& origin,
                            const Endpoint& server) {
  const bool is_to_server = origin.destination == server;
  count(entries_,
        {protocol, server, is_to_server ? origin.source : origin.destination, 1, origin.frame});
}

void Census::add_undecoded(std::string_view protocol, const capture::Origin& origin) {
  const auto& [low, high] = std::minmax(origin.source, origin.destination);
  count(undecoded_, {protocol, low, high, 1, origin.frame});
}

std::uint64_t Census::packets(std::string_view protocol) const {
  std::uint64_t all = 0;
  for (const Entry& entry : entries_)
    if (entry.protocol == protocol) all += entry.packets;
  return all;
}

std::uint64_t Census::undecoded_packets() const {
  return sum(undecoded_);
}

std::string Census::describe_undecoded(std::uint64_t frames) const {
  if (undecoded_.empty()) return {};
  std::map<std::string_view, std::uint64_t> by_name;
  for (const Entry& entry : undecoded_) by_name[entry.protocol] += entry.packets;
  std::vector<std::string_view> names;
  for (const auto& [name, packets] : by_name) names.push_back(name);
  return fmt::format("{} of {} frames carry {}, which is not decoded", undecoded_packets(), frames,
                     fmt::join(names, ", "));
}

std::string Census::instead_of_sip(std::uint64_t frames) const {
  std::string text =
      frames == 0 ? "no frame in this capture" : "no SIP message in " + counted(frames, "frame");
  std::vector<std::string> others;
  for (const Entry& entry : entries_) {
    if (entry.protocol == "TLS")
      text += fmt::format(
          "; TCP to port {} looks like TLS, which is not decrypted ({}, server {}): "
          "capture UDP or TCP",
          entry.server.port, counted(entry.packets, "record"), entry.server.text());
    else if (entry.protocol == "WebSocket")
      text += fmt::format("; SIP over WebSocket to {} is not decoded: capture UDP or TCP",
                          entry.server.text());
    else
      others.push_back(fmt::format("{} of {}", entry.packets, entry.protocol));
  }
  if (const std::string tunnels = describe_undecoded(frames); !tunnels.empty())
    text += "; " + tunnels;
  if (!others.empty()) text += fmt::format("; packets seen: {}", fmt::join(others, ", "));
  return text;
}

}  // namespace sipharness::trace
