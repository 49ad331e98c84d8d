#pragma once
// Whose is what: for each device of a trace the indices of its messages, of its malformed bytes, of
// the transport failures that told it, of the stream marks at its addresses, of the faults of the
// capture that concern it. Found once.
//  1. Where there is one device of a run (or none), everything is its.
//  2. What it exchanges with others than the servers is its by its endpoint; what goes from one
//     device to another is both's. In a run only what it sends is.

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "harness/base/endpoint.hpp"

namespace sipharness::trace {

struct Fault;
class Trace;

struct Share {
  std::vector<std::uint32_t> messages;
  std::vector<std::uint32_t> malformed;
  std::vector<std::uint32_t> transport_failures;
  std::vector<std::uint32_t> stream_marks;
  std::vector<std::uint32_t> faults;  ///< of Health, but for those that concern all
};

class Partition {
 public:
  Partition() = default;
  /// `trace` is complete but for this.
  explicit Partition(const Trace& trace);

  /// Empty for a device that is not there.
  const Share& of(std::size_t device) const;
  /// The faults of Health that concern every device.
  const std::vector<std::uint32_t>& common_faults() const { return common_faults_; }
  /// The devices that were seen on a machine.
  std::span<const std::uint32_t> on(const IpAddress& machine) const;

 private:
  void share_faults(const std::vector<Fault>& faults);

  std::vector<Share> shares_;
  /// Seen at an endpoint, and (with port 0) at an address.
  std::unordered_map<Endpoint, std::vector<std::uint32_t>, EndpointHash> devices_at_;
  std::vector<std::uint32_t> common_faults_;
};

}  // namespace sipharness::trace
