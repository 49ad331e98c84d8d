#include "harness/observed/requests.hpp"

#include <ranges>

namespace sipharness::observed {
namespace {

std::vector<const Message*> find_requests(const Phone& phone, Direction direction) {
  std::vector<const Message*> found;
  for (const Message& message : phone.messages)
    if (message.direction == direction && message.sip.is_request()) found.push_back(&message);
  return found;
}

}  // namespace

std::vector<const Message*> find_requests_of_device(const Phone& phone) {
  return find_requests(phone, Direction::from_device);
}

std::vector<const Message*> find_requests_to_device(const Phone& phone) {
  return find_requests(phone, Direction::to_device);
}

std::optional<CaptureTime> last_sent_at(const Phone& phone) {
  for (const Message& message : phone.messages | std::views::reverse)
    if (message.from_device()) return message.at;
  return std::nullopt;
}

}  // namespace sipharness::observed
