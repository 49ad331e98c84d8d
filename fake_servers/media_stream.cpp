#include "fake_servers/media_stream.hpp"

namespace fake_servers {

using sipharness::Duration;

namespace {

using namespace std::chrono_literals;
constexpr Duration packet_time = 20ms;
constexpr std::uint32_t samples_per_packet = 160;
constexpr char silence = '\xff';  // of the µ-law

template <class Number>
void append_big_endian(std::string& bytes, Number number) {
  for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>((number >> shift) & 0xff));
}

}  // namespace

MediaStream::MediaStream(sipharness::world::World& world, MediaPort& port, sipharness::Rng& rng)
    : world_(world),
      port_(port),
      source_(static_cast<std::uint32_t>(rng.next())),
      timestamp_(static_cast<std::uint32_t>(rng.next())),
      sequence_(static_cast<std::uint16_t>(rng.next())),
      next_(world.now()) {
  send_packet();
}

void MediaStream::send_packet() {
  if (destination_) port_.send(*destination_, packet());
  ++sequence_;
  timestamp_ += samples_per_packet;
  next_ += packet_time;
  timer_ = world_.call_at(next_, [this] { send_packet(); });
}

std::string MediaStream::packet() const {
  constexpr std::uint16_t version_2_pcmu = 0x8000;
  std::string bytes;
  bytes.reserve(12 + samples_per_packet);
  append_big_endian(bytes, version_2_pcmu);
  append_big_endian(bytes, sequence_);
  append_big_endian(bytes, timestamp_);
  append_big_endian(bytes, source_);
  bytes.append(samples_per_packet, silence);
  return bytes;
}

}  // namespace fake_servers
