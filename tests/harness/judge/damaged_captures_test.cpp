// A capture that is cut at every byte, and one with every bit turned round: judged each time,
// quickly, and never with a verdict that the whole capture does not have, unless the capture says
// what it lacks.

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/parallel.hpp"
#include "harness/capture/capture_file.hpp"
#include "harness/files/files.hpp"
#include "harness/judge/judge.hpp"
#include "tests/harness/capture/capture_bytes.hpp"

namespace sipharness::judge {
namespace {

/// A call and registrations, in 4 KB.
const std::string sound = std::string(SOURCE_ROOT) + "/tests/data/field/bye_to_other_server.pcap";

std::string as_pcap() {
  return files::read_file(sound).value();
}

std::string as_pcapng() {
  const capture::Writer write;
  capture::FrameList frames;
  EXPECT_TRUE(capture::read_capture({sound}, frames));
  std::string file = write.section() + write.interface(1, 262144, write.option(9, "\x09"));
  for (const capture::FrameList::Frame& frame : frames.frames)
    file += write.packet(0, static_cast<std::uint64_t>(frame.at.time_since_epoch().count()),
                         frame.bytes);
  return file;
}

using Verdicts = std::map<std::string, verdict::Verdict>;

/// Those that say something of the phone.
Verdicts verdicts_of(const Judged& judged) {
  Verdicts verdicts;
  for (const verdict::Finding& finding : judged.result.findings)
    if (finding.verdict() == verdict::Verdict::pass || finding.verdict() == verdict::Verdict::fail)
      verdicts.emplace(finding.requirement->id, finding.verdict());
  return verdicts;
}

std::set<CaptureTime> times_of(const Judged& judged) {
  std::set<CaptureTime> times;
  for (const trace::Message message : judged.trace.messages) times.insert(message.at);
  return times;
}

/// Every how many bytes and bits there is time for; with WHOLE in the environment all of them.
const bool is_thinned = THINNED && std::getenv("WHOLE") == nullptr;
const std::size_t byte_stride = is_thinned ? 3 : 1;
const std::size_t bit_stride = is_thinned ? 67 : 1;

/// Of processor time: a busy machine makes nothing slow.
double seconds_worked() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

class DamagedCapture : public testing::TestWithParam<std::string (*)()> {
 protected:
  /// Tens of thousands of files: in memory, where there is a folder for that.
  static void SetUpTestSuite() {
    if (files::is_folder("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
  }

  DamagedCapture() : whole_(GetParam()()) {
    const Expected<Judged> judged = judge_bytes(whole_, 0);
    verdicts_ = verdicts_of(*judged);
    times_ = times_of(*judged);
    frames_ = judged->trace.counts.frames;
    EXPECT_TRUE(judged->trace.health.complete());
    EXPECT_GT(verdicts_.size(), 5U);
  }

  /// `slot` tells what is judged at the same time apart.
  Expected<Judged> judge_bytes(const std::string& bytes, std::size_t slot) const {
    const std::string path = folder_.path() + "/" + std::to_string(slot);
    files::write_file(path, bytes);
    const double before = seconds_worked();
    auto judged = judge({.capture = path});
    if (seconds_worked() - before > 2) slow_ = true;
    return judged;
  }

  /// Every variant, on all cores; `make` gives the bytes, `is_right` looks at the result.
  template <class Make, class IsRight>
  void try_all(std::size_t count, Make make, IsRight is_right) const {
    constexpr std::size_t slots = 64;
    std::vector<std::vector<std::size_t>> wrong(slots);
    for_each_index(slots, 0, [&](std::size_t slot) {
      for (std::size_t index = slot; index < count; index += slots) {
        const Expected<Judged> judged = judge_bytes(make(index), slot);
        if (judged && !is_right(*judged)) wrong[slot].push_back(index);
      }
    });
    for (const std::vector<std::size_t>& indices : wrong) EXPECT_THAT(indices, testing::IsEmpty());
    EXPECT_FALSE(slow_);
  }

  const files::TemporaryFolder folder_;
  const std::string whole_;
  Verdicts verdicts_;
  std::set<CaptureTime> times_;
  std::uint64_t frames_ = 0;
  mutable std::atomic<bool> slow_ = false;
};

TEST_P(DamagedCapture, cut_at_every_byte_is_incomplete_unless_it_is_cut_between_frames) {
  std::atomic<std::size_t> complete = 0;
  try_all(
      whole_.size() / byte_stride,
      [&](std::size_t index) { return whole_.substr(0, index * byte_stride); },
      [&](const Judged& judged) {
        if (judged.trace.health.complete()) ++complete;
        return true;
      });
  capture::FrameList frames;
  ASSERT_TRUE(capture::read_capture({sound}, frames));
  // After each block or record but the last, and before the first.
  EXPECT_LE(complete, frames.frames.size() + 2);
}

/// What says that something is not as it was; a remark does not, as no verdict hangs on it.
bool is_told(const Judged& judged) {
  return !judged.trace.health.complete() || !judged.trace.malformed.empty();
}

TEST_P(DamagedCapture, with_a_bit_turned_has_no_other_verdict_without_a_word) {
  try_all(
      whole_.size() * 8 / bit_stride,
      [&](std::size_t index) {
        const std::size_t bit = index * bit_stride;
        std::string bytes = whole_;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
        return bytes;
      },
      [&](const Judged& judged) {
        if (is_told(judged)) return true;
        // A block of another kind cannot be known from a packet,
        if (judged.trace.counts.frames < frames_) return true;
        // nor a frame that has another time from one that came then.
        if (!std::ranges::includes(times_, times_of(judged))) return true;
        const Verdicts verdicts = verdicts_of(judged);
        return std::ranges::all_of(verdicts, [&](const auto& one) {
          const auto known = verdicts_.find(one.first);
          return known != verdicts_.end() && known->second == one.second;
        });
      });
}

INSTANTIATE_TEST_SUITE_P(Formats, DamagedCapture, testing::Values(as_pcap, as_pcapng),
                         [](const auto& format) { return format.index == 0 ? "pcap" : "pcapng"; });

}  // namespace
}  // namespace sipharness::judge
