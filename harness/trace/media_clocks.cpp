#include "harness/trace/media_clocks.hpp"

namespace sipharness::trace {
namespace {

constexpr std::size_t header_size = 12;
/// policy: a few packets may be lost beside a pause.
constexpr std::uint16_t most_lost = 3;
/// policy: a sender that is silent for comfort pauses for less than so many of its intervals.
constexpr int most_intervals = 20;

/// In network order.
std::uint32_t number_at(std::string_view packet, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (const char octet : packet.substr(at, size))
    number = number << 8U | static_cast<unsigned char>(octet);
  return number;
}

}  // namespace

void MediaClocks::add(const capture::Origin& origin, std::string_view packet) {
  if (packet.size() < header_size) return;
  Stream& last = streams_[origin.source];
  Stream now{.destination = origin.destination,
             .source_id = number_at(packet, 8, 4),
             .sequence = static_cast<std::uint16_t>(number_at(packet, 2, 2)),
             .timestamp = number_at(packet, 4, 4),
             .at = origin.at,
             .frame = origin.frame};
  const auto packets = static_cast<std::uint16_t>(now.sequence - last.sequence);
  const bool goes_on = last.frame != 0 && last.destination == now.destination &&
                       last.source_id == now.source_id && packets > 0 && packets <= most_lost;
  if (goes_on) {
    const Duration pause = now.at - last.at;
    const std::uint32_t advance = now.timestamp - last.timestamp;
    const bool is_at_once = last.interval > Duration::zero() && advance == last.step * packets;
    if (is_at_once && pause >= least_silence && pause > last.interval * most_intervals)
      stood_still_.push_back({last.frame, now.frame, last.at, now.at});
    const bool is_step = packets == 1 && advance != 0 && pause < least_silence;
    now.step = is_step ? advance : last.step;
    now.interval = is_step ? pause : last.interval;
  }
  last = now;
}

}  // namespace sipharness::trace
