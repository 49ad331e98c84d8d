#include "harness/story/ttl.hpp"

#include "harness/packet/decode.hpp"
#include "harness/packet/frame.hpp"

namespace sipharness::story {
namespace {

class TtlReader final : public packet::FrameSink {
 public:
  explicit TtlReader(const std::map<std::uint32_t, IpAddress>& wanted) : wanted_(wanted) {}

  void on_frame(const packet::FrameView& frame) override {
    ++seen_;
    const std::uint32_t number = frame.number == 0 ? seen_ : frame.number;
    const auto wanted = wanted_.find(number);
    if (wanted == wanted_.end()) return;
    const auto packet = packet::decode_frame(frame.link, frame.bytes);
    if (!packet || packet->source != wanted->second) return;
    // RFC 791 §3.1; RFC 8200 §3
    const std::size_t place = packet->source.is_v4() ? 8 : 7;
    if (place < packet->header.size())
      found[number] = static_cast<unsigned char>(packet->header[place]);
  }

  std::map<std::uint32_t, unsigned> found;

 private:
  const std::map<std::uint32_t, IpAddress>& wanted_;
  std::uint32_t seen_ = 0;
};

}  // namespace

std::map<std::uint32_t, unsigned> ttl_of_frames(const capture::CaptureFile& file,
                                                const std::map<std::uint32_t, IpAddress>& frames) {
  TtlReader reader(frames);
  if (!file.read(reader)) return {};
  return std::move(reader.found);
}

bool is_ttl_as_sent(unsigned ttl) {
  return ttl == 64 || ttl == 128 || ttl == 255;
}

}  // namespace sipharness::story
