#include "harness/trace/holes.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
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
      break;
  }
  return Kind::damaged;
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
      return fmt::format("{}{} damaged, first frame {}: no packet in it decodes",
                         counted(hole.count, "frame"), where, hole.frame);
    case Kind::unread:
      return fmt::format("the stream{} is not read from frame {} on: a message longer than 1 MiB",
                         where, hole.frame);
    case Kind::gap:
      break;
  }
  return fmt::format("the stream{} lacks bytes {}, first before frame {}", where, times(hole.count),
                     hole.frame);
}

std::vector<Fault> Holes::faults(const Trace& trace) const {
  const SipEndpoints sip(trace);
  std::vector<Fault> found;
  for (const Hole& hole : holes_) {
    const bool has_packet = hole.kind == Kind::damaged && hole.source != Endpoint{};
    if (has_packet || !concerns_sip(hole, sip)) continue;
    found.push_back({.text = describe(hole),
                     .server = sip.server_between(hole.source, hole.destination),
                     .from = hole.from,
                     .until = hole.until});
  }
  return found;
}

std::string Holes::describe_damaged(const Trace& trace) const {
  const SipEndpoints sip(trace);
  std::uint64_t count = 0;
  std::uint32_t first = 0;
  for (const Hole& hole : holes_) {
    // The ports may be what is damaged.
    const bool is_between_hosts =
        sip.has_host(hole.source.address) && sip.has_host(hole.destination.address);
    if (hole.kind != Kind::damaged || hole.source == Endpoint{} ||
        (!is_between_hosts && !concerns_sip(hole, sip)))
      continue;
    if (count == 0 || hole.frame < first) first = hole.frame;
    count += hole.count;
  }
  if (count == 0) return {};
  return fmt::format("{} with a wrong checksum, first in frame {}: damaged or changed",
                     counted(count, "packet"), first);
}

}  // namespace sipharness::trace
