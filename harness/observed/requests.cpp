#include "harness/observed/requests.hpp"

#include <algorithm>
#include <ranges>

#include "harness/observed/actions.hpp"

namespace sipharness::observed {
namespace {

std::vector<const Message*> find_requests(const Phone& phone, Direction direction) {
  std::vector<const Message*> found;
  for (const Message& message : phone.messages)
    if (message.direction == direction && message.sip.is_request()) found.push_back(&message);
  return found;
}

std::optional<CaptureTime> last_sent_before(const Phone& phone, CaptureTime at) {
  const auto is_to_another = [&](const Message& message) {
    return message.direction == Direction::elsewhere && !phone.trace.devices.empty() &&
           std::ranges::count(phone.trace.devices[phone.device].addresses, message.source) > 0;
  };
  for (const Message& message : phone.messages | std::views::reverse)
    if (message.at < at && (message.from_device() || is_to_another(message))) return message.at;
  return std::nullopt;
}

}  // namespace

std::vector<const Message*> find_requests_of_device(const Phone& phone) {
  return find_requests(phone, Direction::from_device);
}

std::vector<const Message*> find_requests_to_device(const Phone& phone) {
  return find_requests(phone, Direction::to_device);
}

std::optional<CaptureTime> last_sent_at(const Phone& phone) {
  return last_sent_before(phone, CaptureTime::max());
}

std::optional<CaptureTime> find_last_sign_of_life(const Phone& phone) {
  return last_sign_of_life_before(phone, CaptureTime::max());
}

std::optional<CaptureTime> last_sign_of_life_before(const Phone& phone, CaptureTime at) {
  std::optional<CaptureTime> last = last_sent_before(phone, at);
  if (!last) return last;
  const auto& addresses = phone.trace.devices[phone.device].addresses;
  for (const StreamMark& mark : phone.stream_marks) {
    const bool is_own = mark.event == capture::StreamEvent::syn && mark.at < at &&
                        std::ranges::count(addresses, mark.source.address, &Endpoint::address) > 0;
    if (is_own) last = std::max(*last, mark.at);
  }
  for (const Endpoint& own : addresses)
    last = std::max(last, phone.trace.keep_alive_times.last_before(own, at));
  return last;
}

bool is_gone_by(const Phone& phone, CaptureTime at) {
  const auto last = last_sign_of_life(phone);
  return !phone.trace.has_journal() && (!last || *last < at);
}

CaptureTime known_alive_until(const Phone& phone, CaptureTime from) {
  const CaptureTime off = next_power_change(phone, from);
  return phone.trace.has_journal() ? off : std::min(off, last_sign_of_life(phone).value_or(off));
}

}  // namespace sipharness::observed
