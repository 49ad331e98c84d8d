#include "harness/trace/holes.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/trace/passers_by.hpp"
#include "harness/trace/payload.hpp"
#include "harness/trace/sip_endpoints.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {

std::size_t Holes::KeyHash::operator()(const Key& key) const {
  const EndpointHash hash;
  return (hash(key.source) * 31 + hash(key.destination)) * 8 + static_cast<std::size_t>(key.kind);
}

Holes::Kind Holes::kind_of(capture::Incomplete::Why why) {
  switch (why) {
    case capture::Incomplete::Why::cut:
      return Kind::cut;
    case capture::Incomplete::Why::fragments_missing:
      return Kind::fragments_missing;
    case capture::Incomplete::Why::fragments_in_conflict:
      return Kind::fragments_in_conflict;
    case capture::Incomplete::Why::damaged:
      return Kind::damaged;
    case capture::Incomplete::Why::changed:
      break;
  }
  return Kind::changed;
}

Holes::Hole& Holes::hole(Kind kind, const capture::Origin& origin) {
  const auto [known, is_new] =
      indices_.try_emplace({kind, origin.source, origin.destination}, holes_.size());
  if (is_new)
    holes_.push_back({.kind = kind,
                      .source = origin.source,
                      .destination = origin.destination,
                      .frame = origin.frame,
                      .from = origin.at,
                      .until = origin.at});
  Hole& hole = holes_[known->second];
  ++hole.count;
  hole.from = std::min(hole.from, origin.at);
  hole.until = std::max(hole.until, origin.at);
  return hole;
}

void Holes::add(const capture::Incomplete& packet) {
  Hole& one = hole(kind_of(packet.why), packet.origin);
  one.looks_like_sip = one.looks_like_sip || begins_like_sip(packet.payload);
  one.captured = std::max(one.captured, packet.captured);
}

void Holes::add_gap(const capture::Origin& origin) {
  hole(Kind::gap, origin).looks_like_sip = true;
}

void Holes::add_unread(const capture::Origin& origin) {
  Hole& one = hole(Kind::unread, origin);
  one.looks_like_sip = true;
  one.until = CaptureTime::max();
}

bool Holes::concerns_sip(const Hole& hole, const SipEndpoints& sip) {
  return hole.source == Endpoint{} || hole.looks_like_sip || sip.may_be_end(hole.source) ||
         sip.may_be_end(hole.destination);
}

std::string Holes::describe(const Hole& hole) {
  const std::string where =
      hole.source == Endpoint{}
          ? std::string()
          : fmt::format(" from {} to {}", hole.source.text(), hole.destination.text());
  switch (hole.kind) {
    case Kind::cut:
      return fmt::format(
          "{}{} cut, first in frame {}: at most {} bytes of a frame were captured "
          "(snapshot length)",
          counted(hole.count, "packet"), where, hole.frame, hole.captured);
    case Kind::fragments_missing:
      return fmt::format("{}{} not whole, first in frame {}: fragments of it are missing",
                         counted(hole.count, "packet"), where, hole.frame);
    case Kind::fragments_in_conflict:
      return fmt::format(
          "{}{} not whole, first in frame {}: fragments of it overlap with other bytes",
          counted(hole.count, "packet"), where, hole.frame);
    case Kind::damaged:
      if (has_wrong_checksums(hole))
        return fmt::format(
            "{}{} with a checksum that is off as by one bit, first in frame {}: damaged",
            counted(hole.count, "packet"), where, hole.frame);
      return fmt::format("{}{} damaged, first frame {}: no packet in it decodes",
                         counted(hole.count, "frame"), where, hole.frame);
    case Kind::changed:
      return {};
    case Kind::unread:
      return fmt::format("the stream{} is not read from frame {} on: a message longer than 1 MiB",
                         where, hole.frame);
    case Kind::gap:
      break;
  }
  return fmt::format("the stream{} lacks bytes {}, first before frame {}", where, times(hole.count),
                     hole.frame);
}

/// Of a server: the other one of the two ends.
std::optional<IpAddress> Holes::peer_in(const Hole& hole, const Trace& trace) {
  const auto is_server = [&](const Endpoint& end) {
    return std::ranges::any_of(trace.servers, [&](const Server& server) {
      return server.endpoint.address == end.address;
    });
  };
  if (is_server(hole.source) == is_server(hole.destination)) return std::nullopt;
  return is_server(hole.source) ? hole.destination.address : hole.source.address;
}

bool Holes::has_wrong_checksums(const Hole& hole) {
  return hole.kind == Kind::changed || (hole.kind == Kind::damaged && hole.source != Endpoint{});
}

/// Those of SIP, from one host to another and in all, against the messages there.
class Holes::WrongChecksums {
 public:
  WrongChecksums(const std::vector<Hole>& holes, const Trace& trace) : sip_(trace) {
    for (const Hole& hole : holes)
      if (concerns_sip(hole)) wrong_[hosts_of(hole)] += hole.count;
    if (wrong_.empty()) return;
    for (const auto& [hosts, count] : wrong_) all_wrong_ += count;
    all_messages_ = trace.messages.size();
    for (const MessageList::Place& place : trace.messages.places())
      ++messages_[hosts_of(trace.messages.flow_of(place))];
  }

  bool concerns_sip(const Hole& hole) const {
    // The ports may be what is damaged.
    const bool is_between_hosts =
        sip_.has_host(hole.source.address) && sip_.has_host(hole.destination.address);
    return has_wrong_checksums(hole) && (is_between_hosts || Holes::concerns_sip(hole, sip_));
  }

  /// A bit was turned in some of many. policy: fewer than half of what went the same way, or than a
  /// fifth of all; else something changes all alike, such as hops that are counted down.
  bool is_fault(const Hole& hole) const {
    if (hole.kind != Kind::damaged) return false;
    const auto messages = messages_.find(hosts_of(hole));
    return all_wrong_ * 5 < all_messages_ ||
           (messages != messages_.end() && wrong_.at(hosts_of(hole)) * 2 < messages->second);
  }

 private:
  using Hosts = std::pair<IpAddress, IpAddress>;

  static Hosts hosts_of(const auto& way) { return {way.source.address, way.destination.address}; }

  SipEndpoints sip_;
  std::map<Hosts, std::uint64_t> wrong_;
  std::map<Hosts, std::uint64_t> messages_;
  std::uint64_t all_wrong_ = 0;
  std::uint64_t all_messages_ = 0;
};

std::vector<Fault> Holes::faults(const Trace& trace) const {
  const SipEndpoints sip(trace);
  const WrongChecksums wrong(holes_, trace);
  const PassersBy passers_by(trace);
  const auto is_fault = [&](const Hole& hole) {
    if (passers_by.meet(hole.source, hole.destination)) return false;
    return has_wrong_checksums(hole) ? wrong.concerns_sip(hole) && wrong.is_fault(hole)
                                     : concerns_sip(hole, sip);
  };
  std::vector<Fault> found;
  for (const Hole& hole : holes_)
    if (is_fault(hole))
      found.push_back({.text = describe(hole),
                       .server = sip.server_between(hole.source, hole.destination),
                       .peer = peer_in(hole, trace),
                       .from = hole.from,
                       .until = hole.until,
                       .is_of_content = hole.kind == Kind::damaged});
  return found;
}

std::string Holes::describe_changed(const Trace& trace) const {
  const WrongChecksums wrong(holes_, trace);
  std::uint64_t count = 0;
  std::uint32_t first = 0;
  for (const Hole& hole : holes_) {
    if (!wrong.concerns_sip(hole) || wrong.is_fault(hole)) continue;
    if (count == 0 || hole.frame < first) first = hole.frame;
    count += hole.count;
  }
  if (count == 0) return {};
  return fmt::format("{} with a wrong checksum, first in frame {}: damaged or changed",
                     counted(count, "packet"), first);
}

}  // namespace sipharness::trace
