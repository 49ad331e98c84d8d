// What a story is not about: SIP between others, what did not parse, and frames without SIP.

#include <algorithm>
#include <map>
#include <unordered_set>

#include <fmt/format.h>

#include "harness/story/chapters.hpp"

namespace sipharness::story {
namespace {

/// policy: so many frames are named of what is left out.
constexpr std::size_t frames_named = 5;

class LeftOutFinder {
 public:
  explicit LeftOutFinder(const trace::Trace& trace) : trace_(trace) {}

  std::vector<LeftOut> find() && {
    for (const auto& place : trace_.messages.places()) with_message_.insert(place.frame);
    look_at_messages();
    look_at_malformed();
    look_at_frames();
    return std::move(left_out_);
  }

 private:
  void add(const std::string& what, std::uint32_t frame) {
    const auto [known, is_new] = places_.emplace(what, left_out_.size());
    if (is_new) left_out_.push_back({0, what, {}});
    LeftOut& one = left_out_[known->second];
    ++one.count;
    if (one.frames.size() < frames_named) one.frames.push_back(frame);
  }

  void add_count(std::uint64_t count, std::string_view what) {
    if (count > 0) left_out_.push_back({count, std::string(what), {}});
  }

  void look_at_messages() {
    for (const auto& place : trace_.messages.places()) {
      const trace::Flow& flow = trace_.messages.flow_of(place);
      if (!flow.left_out.empty())
        add(std::string(flow.left_out), place.frame);
      else if (flow.between)
        continue;
      else if (flow.direction == trace::Direction::elsewhere)
        add(fmt::format("SIP messages {} to {}, not between a phone and a server",
                        flow.source.text(), flow.destination.text()),
            place.frame);
      else if (place.device < trace_.devices.size() && !trace_.devices[place.device].under_test)
        add(fmt::format("SIP messages of account {}, not under test",
                        trace_.devices[place.device].user),
            place.frame);
    }
  }

  void look_at_malformed() {
    for (const trace::Malformed& bytes : trace_.malformed)
      add(fmt::format("{}: {}",
                      with_message_.contains(bytes.frame) ? "malformed, but told of" : "not read",
                      bytes.problem.what),
          bytes.frame);
  }

  void look_at_frames() {
    std::unordered_set<std::uint32_t> with_sip = with_message_;
    for (const trace::Malformed& bytes : trace_.malformed) with_sip.insert(bytes.frame);
    const capture::DecoderCounts& counts = trace_.counts;
    const std::uint64_t rest =
        counts.frames -
        std::min<std::uint64_t>(counts.frames,
                                with_sip.size() + counts.undecodable + counts.duplicates);
    add_count(rest, "frames that bring no SIP message");
    for (const trace::Census::Entry& entry : trace_.census.entries())
      add_count(entry.packets,
                entry.server.port == 0
                    ? fmt::format("packets of {}", entry.protocol)
                    : fmt::format("records of {}, server {}", entry.protocol, entry.server.text()));
    add_count(counts.undecodable, "frames that are no IP, or do not decode");
    add_count(counts.duplicates, "frames captured twice");
    add_count(trace_.copies, "SIP messages that were captured twice");
    add_count(trace_.keep_alives, "keep-alives");
    for (const trace::Census::Entry& entry : trace_.census.undecoded())
      add_count(entry.packets, fmt::format("frames of {}, which is not decoded", entry.protocol));
  }

  const trace::Trace& trace_;
  std::vector<LeftOut> left_out_;
  std::map<std::string, std::size_t> places_;
  std::unordered_set<std::uint32_t> with_message_;
};

}  // namespace

std::vector<LeftOut> tell_left_out(const trace::Trace& trace) {
  return LeftOutFinder(trace).find();
}

}  // namespace sipharness::story
