#pragma once
// The stage of one run, in either world: fake servers, devices, timeline and journal wired
// together. It knows nothing of verdicts.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/dut/device.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/stage/journal_file.hpp"
#include "harness/stage/live/anchor_watch.hpp"
#include "harness/stage/live/decoder.hpp"
#include "harness/stage/live/unexpected_traffic.hpp"
#include "harness/stage/production.hpp"
#include "harness/stage/servers.hpp"
#include "harness/stage/timeline.hpp"

namespace sipharness::stage {

/// What the world of a stage adds to it.
struct StageHooks {
  /// Makes the `index`-th device of the run, counted from 0.
  std::function<std::unique_ptr<dut::Device>(journal::Writer& journal, unsigned index)> make_device;
  /// How long ago a captured frame was on the wire.
  std::function<Duration(CaptureTime)> age;
  /// Whether a person is still busy with what was asked; device steps wait.
  std::function<bool()> is_busy = [] { return false; };
  bool is_real = false;  ///< the journal is on disk at any moment, far ends send RTP
};

class Stage {
 public:
  /// Sets up servers and devices; nothing moves before begin(). Throws SetupError.
  Stage(world::World& world, const Production& production, const judge::RunFolder& folder,
        StageHooks hooks);

  journal::Writer& journal() { return journal_; }
  bool journal_has_failed() const { return journal_.has_failed(); }
  /// What every captured frame is shown to.
  packet::FrameSink& observers() { return observers_; }
  /// Of the scenario; until a third-party device has set it, the time begin() was called.
  TimePoint zero() const { return zero_; }
  bool is_over() const { return is_over_; }
  fake_servers::FakeServer& server(const std::string& name) { return servers_.at(name); }
  /// What a person who watches wants to know, now.
  RunOptions::Progress progress() const;

  /// The reference UA starts at scenario zero, now. A third-party device is started now, by its
  /// first boot and what stands before it, and scenario zero is its first REGISTER.
  void begin();
  /// Ends the devices; what they still send goes to servers that still answer.
  void stop_devices();
  /// The last entry of the journal: "completed" or, where nobody came, "no device" unless the run
  /// was cut short for the `reason` given.
  void finish(std::string_view cut_short = {});

 private:
  void play_from(TimePoint zero, std::size_t first);
  void start_foreign_devices();
  bool on_first_register(CaptureTime at);
  void give_up_on_device();
  /// Where the timeline is all there is: a moment after its last step, once nobody is busy.
  void end_when_played();
  void on_anchor(const scenario::Anchor& anchor);
  /// Of a healthy call nothing more comes.
  void on_refusal(int status);
  /// In a healthy run an action shows on the wire soon, or nothing more comes of it.
  void await_sign(scenario::DeviceVerb verb);
  void miss(std::size_t step, const std::string& awaited, Duration deadline);
  void perform(const scenario::Step& step);
  void perform(const scenario::DeviceStep& step);
  void perform(const scenario::ServerStep& step);

  world::World& world_;
  const Production& production_;
  StageHooks hooks_;
  TimePoint zero_;
  bool awaits_device_ = false;
  bool is_over_ = false;
  std::size_t first_step_ = 0;  ///< of those that count from zero
  std::optional<scenario::AnchorKind> awaited_sign_;
  world::Timer sign_deadline_;
  world::Timer end_;
  JournalFile journal_;
  Timeline timeline_;
  Tally tally_;
  AnchorWatch watch_;
  UnexpectedTraffic unexpected_;
  LiveDecoder observers_;
  Servers servers_;
  std::vector<std::unique_ptr<dut::Device>> devices_;
};

}  // namespace sipharness::stage
