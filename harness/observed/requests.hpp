#pragma once
// The requests of a phone, every transmission of them, in capture order.

#include <optional>
#include <vector>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

std::vector<const Message*> find_requests_of_device(const Phone& phone);
/// That the device sent.
inline const std::vector<const Message*>& requests_of_device(const Phone& phone) {
  return phone.derived<find_requests_of_device>();
}

std::vector<const Message*> find_requests_to_device(const Phone& phone);
/// That were sent to it.
inline const std::vector<const Message*>& requests_to_device(const Phone& phone) {
  return phone.derived<find_requests_to_device>();
}

/// When the device sent its last SIP message, request or response.
std::optional<CaptureTime> last_sent_at(const Phone& phone);

std::optional<CaptureTime> find_last_sign_of_life(const Phone& phone);
/// Its last message or keep-alive, or its last attempt to connect.
inline std::optional<CaptureTime> last_sign_of_life(const Phone& phone) {
  return phone.derived<find_last_sign_of_life>();
}

/// The one before `at`.
std::optional<CaptureTime> last_sign_of_life_before(const Phone& phone, CaptureTime at);

/// Without a journal: nothing shows that the device was still there at `at`. Whoever pulls its plug
/// leaves no trace.
bool is_gone_by(const Phone& phone, CaptureTime at);

/// After `from` the device lives on, and is known to, until then.
CaptureTime known_alive_until(const Phone& phone, CaptureTime from);

}  // namespace sipharness::observed
