#include "harness/trace/partition.hpp"

#include <algorithm>
#include <unordered_map>

#include "harness/trace/passers_by.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {
namespace {

using DevicesAt = std::unordered_map<Endpoint, std::vector<std::uint32_t>, EndpointHash>;

DevicesAt find_devices_at(const std::vector<Device>& devices) {
  DevicesAt found;
  const auto add = [&](const Endpoint& endpoint, std::uint32_t device) {
    std::vector<std::uint32_t>& known = found[endpoint];
    if (known.empty() || known.back() != device) known.push_back(device);
  };
  for (std::uint32_t device = 0; device < devices.size(); ++device)
    for (const Endpoint& endpoint : devices[device].addresses) {
      add(endpoint, device);
      add(host_of(endpoint), device);
    }
  return found;
}

class Holders {
 public:
  Holders(const Trace& trace, const DevicesAt& devices_at)
      : has_one_(takes_all(trace)), passers_by_(trace), devices_at_(devices_at) {}

  /// Calls `take` with each device at the endpoint; with the only one there is, unless
  /// somebody else met `other`.
  template <class Take>
  void for_each_at(const Endpoint& endpoint, const Endpoint& other, const Take& take) const {
    if (has_one_) {
      if (!passers_by_.meet(endpoint, other)) take(0);
      return;
    }
    const auto found = devices_at_.find(endpoint);
    if (found == devices_at_.end()) return;
    for (const std::uint32_t device : found->second) take(device);
  }

 private:
  /// In a run what comes is the one device's; a foreign capture holds strangers too.
  static bool takes_all(const Trace& trace) {
    if (trace.devices.size() != 1) return trace.devices.empty();
    return trace.has_journal() || trace.devices.front().addresses.empty();
  }

  bool has_one_;
  PassersBy passers_by_;
  const DevicesAt& devices_at_;
};

Endpoint any_port(const Endpoint& endpoint) {
  return {endpoint.address, 0};
}

void share_messages(const MessageList& messages, const Holders& holders,
                    std::vector<Share>& shares) {
  std::vector<std::size_t> counts(shares.size());
  for (const MessageList::Place& place : messages.places())
    if (place.device < counts.size()) ++counts[place.device];
  for (std::size_t device = 0; device < shares.size(); ++device)
    shares[device].messages.reserve(counts[device]);
  for (std::uint32_t index = 0; index < messages.size(); ++index) {
    const MessageList::Place& place = messages.places()[index];
    const Flow& flow = messages.flow_of(place);
    const auto take = [&](std::uint32_t device) {
      if (device != no_device) shares[device].messages.push_back(index);
    };
    if (flow.direction != Direction::elsewhere) {
      take(place.device);
    } else if (flow.between) {
      take(flow.between->first);
      take(flow.between->second);
    } else if (flow.left_out.empty()) {
      holders.for_each_at(flow.source, flow.destination, take);
    }
  }
}

void share_stream_marks(const std::vector<StreamMark>& marks, const Holders& holders,
                        std::vector<Share>& shares) {
  for (std::uint32_t index = 0; index < marks.size(); ++index) {
    const auto take = [&](std::uint32_t device) {
      std::vector<std::uint32_t>& own = shares[device].stream_marks;
      if (own.empty() || own.back() != index) own.push_back(index);
    };
    const Endpoint source = any_port(marks[index].source);
    const Endpoint destination = any_port(marks[index].destination);
    holders.for_each_at(source, destination, take);
    holders.for_each_at(destination, source, take);
  }
}

}  // namespace

Partition::Partition(const Trace& trace)
    : shares_(std::max<std::size_t>(trace.devices.size(), 1)),
      devices_at_(find_devices_at(trace.devices)) {
  const Holders holders(trace, devices_at_);
  share_messages(trace.messages, holders, shares_);
  share_stream_marks(trace.stream_marks, holders, shares_);
  share_faults(trace.health.faults);
  for (std::uint32_t index = 0; index < trace.malformed.size(); ++index) {
    const Malformed& bytes = trace.malformed[index];
    holders.for_each_at(bytes.source, bytes.destination,
                        [&](std::uint32_t device) { shares_[device].malformed.push_back(index); });
  }
  for (std::uint32_t index = 0; index < trace.transport_failures.size(); ++index) {
    const TransportFailure& failure = trace.transport_failures[index];
    // A stream's own port is not known beforehand.
    const bool is_udp = failure.transport == Transport::udp;
    holders.for_each_at(
        is_udp ? failure.device : any_port(failure.device), failure.destination,
        [&](std::uint32_t device) { shares_[device].transport_failures.push_back(index); });
  }
}

void Partition::share_faults(const std::vector<Fault>& faults) {
  for (std::uint32_t index = 0; index < faults.size(); ++index) {
    const auto& peer = faults[index].peer;
    const auto concerned = peer ? on(*peer) : std::span<const std::uint32_t>();
    for (const std::uint32_t device : concerned) shares_[device].faults.push_back(index);
    if (concerned.empty()) common_faults_.push_back(index);
  }
}

std::span<const std::uint32_t> Partition::on(const IpAddress& machine) const {
  const auto found = devices_at_.find({machine, 0});
  return found == devices_at_.end() ? std::span<const std::uint32_t>() : found->second;
}

const Share& Partition::of(std::size_t device) const {
  static const Share nothing;
  return device < shares_.size() ? shares_[device] : nothing;
}

}  // namespace sipharness::trace
