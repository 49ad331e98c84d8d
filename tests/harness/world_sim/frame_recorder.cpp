#include "tests/harness/world_sim/frame_recorder.hpp"

#include <fmt/format.h>

namespace sipharness::world_sim {
namespace {

std::string letters(const packet::TcpFlags& flags) {
  std::string text;
  if (flags.syn) text += 'S';
  if (flags.fin) text += 'F';
  if (flags.rst) text += 'R';
  if (flags.psh) text += 'P';
  if (flags.ack) text += '.';
  return text;
}

}  // namespace

std::vector<std::string> FrameRecorder::tcp_lines(CaptureTime epoch) const {
  std::vector<std::string> lines;
  for (const Frame& frame : frames) {
    const packet::IpPacket ip = frame.ip();
    if (ip.protocol != packet::protocol::tcp) continue;
    const packet::TcpHeader tcp = frame.tcp();
    std::string line = fmt::format("{} {} {}", format_seconds(frame.at - epoch, 4),
                                   ip.source.text(), letters(tcp.flags));
    if (!tcp.payload.empty()) line += fmt::format(" {}", tcp.payload.size());
    lines.push_back(line);
  }
  return lines;
}

}  // namespace sipharness::world_sim
