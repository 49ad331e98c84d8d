#pragma once
// Finds the requests that belong to a call (ACK, CANCEL, BYE) by its Call-ID, for everyone who
// follows calls through a trace.

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/trace/trace.hpp"

namespace sipharness::trace {

/// What a wanted request must match; empty tags match any.
struct DialogRequest {
  sip::Method method = sip::Method::unknown;
  Direction direction = Direction::from_device;
  ServerRole server = ServerRole::none;
  std::string_view call_id;
  std::optional<std::uint32_t> cseq;
  std::string_view from_tag;
  std::string_view to_tag;
};

class DialogRequests {
 public:
  explicit DialogRequests(const Trace& trace);

  /// Message indices in capture order.
  std::vector<std::size_t> all(const DialogRequest& wanted) const;
  std::optional<std::size_t> first(const DialogRequest& wanted) const;
  /// The first one that is not earlier than message `after`.
  std::optional<std::size_t> first_after(std::size_t after, const DialogRequest& wanted) const;

 private:
  const Trace& trace_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_call_id_;
};

}  // namespace sipharness::trace
