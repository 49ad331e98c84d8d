#pragma once
// The requests that belong to a call (ACK, CANCEL, BYE), found by its Call-ID.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// What a wanted request must match; empty tags match any, and so does no server.
struct DialogRequest {
  sip::Method method = sip::Method::unknown;
  Direction direction = Direction::from_device;
  std::optional<ServerRole> server;
  std::uint32_t call = 0;  ///< number of its Call-ID
  std::optional<std::uint32_t> cseq;
  std::string_view from_tag;
  std::string_view to_tag;
};

class DialogRequests {
 public:
  explicit DialogRequests(const Phone& phone);

  /// Message indices in capture order.
  std::vector<std::size_t> all(const DialogRequest& wanted) const;
  std::optional<std::size_t> first(const DialogRequest& wanted) const;
  /// The first one that is not earlier than message `after`.
  std::optional<std::size_t> first_after(std::size_t after, const DialogRequest& wanted) const;

 private:
  const Phone& phone_;
  std::vector<std::vector<std::size_t>> by_call_;
};

DialogRequests find_dialog_requests(const Phone& phone);
inline const DialogRequests& dialog_requests(const Phone& phone) {
  return phone.derived<find_dialog_requests>();
}

}  // namespace sipharness::observed
