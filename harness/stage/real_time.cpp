#include "harness/stage/real_time.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/capture/pcap_writer.hpp"
#include "harness/files/files.hpp"
#include "harness/host/machine/heartbeat.hpp"
#include "harness/host/machine/network_watch.hpp"
#include "harness/host/machine/priority.hpp"
#include "harness/host/machine/scheduling_probe.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/stage/devices.hpp"
#include "harness/stage/live/capture_source.hpp"
#include "harness/stage/live/frame_fan_out.hpp"
#include "harness/stage/live/unrecorded.hpp"
#include "harness/stage/phone_desk.hpp"

namespace sipharness::stage {
namespace {

/// policy: how often a person at a terminal sees the clock move.
constexpr Duration progress_period = 100ms;

/// A run in real time with everything that moves beside the stage.
class RealRun {
 public:
  RealRun(const Production& production, const judge::RunFolder& folder)
      : production_(production),
        folder_(folder),
        source_(production.options.capture, production.scenario),
        capture_(folder.capture(), source_.link()),
        sink_(capture_, relay_),
        recorded_(http_endpoints(production), sink_) {
    // The servers stand and the capture runs before the device says its first word: otherwise a
    // silent server would begin with an ICMP error.
    source_.start(world_, recorded_);
    stage_.emplace(
        world_, production_, folder_,
        StageHooks{.make_device =
                       [this](journal::Writer& journal, unsigned device) {
                         return make_real_device({world_, journal, production_, folder_,
                                                  server_by_name(), person(journal)},
                                                 device);
                       },
                   .age = [this](CaptureTime at) { return world_.read_clocks().capture - at; },
                   .is_busy = [this] { return person_ && person_->is_asking(); },
                   .is_real = true});
    relay_.target = &stage_->observers();
    // A device that was turned away is not to blame for what it could not say.
    world_.on_shortage([this](const std::string& what) {
      stage_->journal().write(journal::Network{source_.interface(), false, what});
    });
  }

  void play() {
    write_clock();
    // A program that the harness starts is an ordinary process.
    std::optional<host::SchedulingProbe> probe;
    if (production_.options.device.kind == DeviceKind::process) probe.emplace();
    const auto note_lag = [&](Duration worst) {
      stage_->journal().write(journal::Lag{probe ? std::max(worst, probe->worst()) : worst});
    };
    const host::Heartbeat heartbeat(world_, [&](Duration worst) {
      note_lag(worst);
      write_clock();
      // What a killed harness leaves behind lacks one second at most.
      capture_.flush();
    });
    const host::NetworkWatch network(
        world_, source_.interface(), source_.hosts(), [this](const std::string& fault) {
          stage_->journal().write(journal::Network{source_.interface(), fault.empty(), fault});
        });
    tell_where_servers_stand();
    show_progress();
    judge_now_and_then();
    stage_->begin();
    const auto& interrupted = production_.options.interrupted;
    world_.run(TimePoint::max(), [&] {
      return stage_->is_over() || has_failed_to_write() || (interrupted && interrupted());
    });
    note_lag(heartbeat.worst());
    end_recording(interrupted && interrupted());
    stage_->stop_devices();
    report_write_errors();
  }

 private:
  /// The capture starts before the stage that watches it exists.
  struct Relay final : packet::FrameSink {
    packet::FrameSink* target = nullptr;
    void on_frame(const packet::FrameView& frame) override {
      if (target != nullptr) target->on_frame(frame);
    }
  };

  std::function<fake_servers::FakeServer&(const std::string&)> server_by_name() {
    return [this](const std::string& name) -> fake_servers::FakeServer& {
      return stage_->server(name);
    };
  }

  dut::Operator& person(journal::Writer& journal) {
    if (!person_)
      person_.emplace(world_, journal,
                      dut::Operator::Options{.prompt_timeout = production_.options.prompt_timeout,
                                             .desk = production_.options.desk});
    return *person_;
  }

  void write_clock() {
    const host::RealWorld::ClockPair clocks = world_.read_clocks();
    stage_->journal().write(journal::Clock{clocks.capture, clocks.monotonic});
  }

  /// A device that nobody starts has to be pointed at them, once a run.
  void tell_where_servers_stand() const {
    const RunOptions& options = production_.options;
    const bool finds_them_itself =
        options.device.kind != DeviceKind::external || production_.device_was_up;
    if (finds_them_itself || !options.tell) return;
    std::string text;
    bool is_out_of_reach = true;
    for (const scenario::Server& server : production_.scenario.servers) {
      text += fmt::format("{} at {}, ", server.name, Endpoint{*server.address, server.port}.text());
      is_out_of_reach &= observed::is_loopback(*server.address);
    }
    options.tell(fmt::format("{}UDP and TCP; waiting up to {} for the first REGISTER{}", text,
                             format_duration(options.first_register_timeout),
                             is_out_of_reach ? "; only this machine reaches them: --bind names "
                                               "an address or interface for the servers"
                                             : ""));
  }

  void show_progress() {
    if (!production_.options.on_progress) return;
    production_.options.on_progress(stage_->progress());
    progress_timer_ = world_.call_after(progress_period, [this] { show_progress(); });
  }

  void judge_now_and_then() {
    partial_timer_ = world_.call_after(production_.options.partial_period, [this] {
      capture_.flush();
      if (production_.options.on_partial) production_.options.on_partial();
      judge_now_and_then();
    });
  }

  void end_recording(bool stopped) {
    const std::string failure = source_.failure();
    if (!failure.empty())
      stage_->journal().write(journal::Network{source_.interface(), false, failure});
    journal::CaptureCount count = source_.stop(world_);
    count.frames = capture_.frames();
    stage_->journal().write(count);
    capture_.flush();
    // A journal without an end is one that was cut off, and nobody takes it for more.
    if (!has_failed_to_write()) stage_->finish(stopped ? "interrupted" : "");
  }

  bool has_failed_to_write() const { return capture_.failed() || stage_->journal_has_failed(); }

  void report_write_errors() const {
    if (const auto error = capture_.error())
      throw SetupError(fmt::format("cannot write {}: {}", folder_.capture(), *error));
    if (stage_->journal_has_failed())
      throw SetupError(fmt::format("cannot write {}: the disk may be full", folder_.journal()));
  }

  const Production& production_;
  const judge::RunFolder& folder_;
  host::RealWorld world_;
  CaptureSource source_;
  capture::PcapWriter capture_;
  Relay relay_;
  FrameFanOut sink_;
  Unrecorded recorded_;
  std::optional<dut::Operator> person_;
  std::optional<Stage> stage_;
  world::Timer progress_timer_;
  world::Timer partial_timer_;
};

}  // namespace

void run_in_real_time(const Production& production, const judge::RunFolder& folder) {
  const host::RaisedPriority raised;
  RealRun(production, folder).play();
}

}  // namespace sipharness::stage
