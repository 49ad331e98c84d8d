#include "harness/serve/serve.hpp"

#include <optional>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/capture/pcap_writer.hpp"
#include "harness/host/machine/heartbeat.hpp"
#include "harness/host/terminal.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/serve/live_log.hpp"
#include "harness/serve/server_command.hpp"
#include "harness/stage/journal_file.hpp"
#include "harness/stage/live/capture_source.hpp"
#include "harness/stage/live/frame_fan_out.hpp"
#include "harness/stage/live/unrecorded.hpp"
#include "harness/stage/place/bind.hpp"
#include "harness/stage/servers.hpp"

namespace sipharness::serve {
namespace {

/// The journal's file, and the log beside it.
class BothWriters final : public journal::Writer {
 public:
  BothWriters(journal::Writer& file, journal::Writer& log) : file_(file), log_(log) {}
  void write(const journal::Event& event) override {
    file_.write(event);
    log_.write(event);
  }

 private:
  journal::Writer& file_;
  journal::Writer& log_;
};

class Serving {
 public:
  Serving(const stage::Production& production, const judge::RunFolder& folder,
          std::function<void(const std::string&)> print)
      : production_(production),
        folder_(folder),
        print_(std::move(print)),
        source_(production.options.capture, production.scenario),
        capture_(folder.capture(), source_.link()),
        journal_(folder.journal(), world_, world_.now(), true),
        log_(world_, production.scenario, print_),
        writers_(journal_, log_),
        decoder_({&log_}),
        frames_(capture_, decoder_),
        recorded_(production.options.unrecorded, frames_),
        terminal_(world_, [this](const std::string& line) { obey(line); }) {
    source_.start(world_, recorded_);
    write_clock();
    servers_.emplace(world_, writers_, production_, world_.now());
    world_.on_shortage([this](const std::string& what) { writers_.write(journal::Remark{what}); });
  }

  void run() {
    greet();
    const host::Heartbeat heartbeat(world_, [this](Duration worst) {
      journal_.write(journal::Lag{worst});
      write_clock();
      capture_.flush();
    });
    judge_now_and_then();
    const auto& interrupted = production_.options.interrupted;
    world_.run(TimePoint::max(),
               [&] { return is_over_ || has_failed_to_write() || (interrupted && interrupted()); });
    journal::CaptureCount count = source_.stop(world_);
    count.frames = capture_.frames();
    log_.flush();
    journal_.write(count);
    journal_.write(journal::Ended{"completed"});
    capture_.flush();
    if (const auto error = capture_.error())
      throw SetupError(fmt::format("cannot write {}: {}", folder_.capture(), *error));
    if (journal_.has_failed())
      throw SetupError(fmt::format("cannot write {}: the disk may be full", folder_.journal()));
  }

 private:
  bool has_failed_to_write() const { return capture_.failed() || journal_.has_failed(); }

  void write_clock() {
    const host::RealWorld::ClockPair clocks = world_.read_clocks();
    journal_.write(journal::Clock{clocks.capture, clocks.monotonic});
  }

  void judge_now_and_then() {
    if (!production_.options.on_partial) return;
    partial_timer_ = world_.call_after(production_.options.partial_period, [this] {
      capture_.flush();
      production_.options.on_partial();
      judge_now_and_then();
    });
  }

  void greet() {
    for (const scenario::Server& server : production_.scenario.servers)
      print_(fmt::format("{:<9} at {} (UDP and TCP)", server.name,
                         Endpoint{*server.address, server.port}.text()));
    const scenario::Account& account = production_.profile.account;
    print_(account.is_any() ? "account   the first that registers"
                            : fmt::format("account   {}", account.user));
    print_(terminal_.is_there() ? "type help for the commands of the servers; Ctrl-C ends"
                                : "Ctrl-C ends");
  }

  void obey(const std::string& line) {
    if (line.empty()) return;
    if (line == "quit") {
      is_over_ = true;
      return;
    }
    if (line == "help") return print_(server_command_help(production_.scenario));
    const auto step = parse_server_command(line, production_.scenario);
    if (!step) return print_(step.error().message);
    servers_->carry_out(*step);
  }

  const stage::Production& production_;
  const judge::RunFolder& folder_;
  std::function<void(const std::string&)> print_;
  host::RealWorld world_;
  stage::CaptureSource source_;
  capture::PcapWriter capture_;
  stage::JournalFile journal_;
  LiveLog log_;
  BothWriters writers_;
  stage::LiveDecoder decoder_;
  stage::FrameFanOut frames_;
  stage::Unrecorded recorded_;
  host::Terminal terminal_;
  std::optional<stage::Servers> servers_;
  world::Timer partial_timer_;
  bool is_over_ = false;
};

}  // namespace

void serve(const scenario::Scenario& scenario, const scenario::Profile& profile,
           const stage::RunOptions& options, const std::function<void(const std::string&)>& print) {
  const stage::Addresses addresses =
      options.bind.empty()
          ? stage::default_addresses(scenario.ipv6, false)
          : stage::bound_addresses(options.bind, scenario.ipv6, host::local_addresses());
  const stage::Production production{
      stage::with_addresses(scenario, addresses), configured(profile, scenario),
      stage::device_endpoints(addresses.device, scenario.devices), options};
  stage::require_endpoints_of_their_own(production.scenario);
  const judge::RunFolder folder{options.folder};
  judge::write_inputs(folder, production.scenario, production.profile,
                      {"real", options.seed, options.device.text()});
  Serving(production, folder, print).run();
}

}  // namespace sipharness::serve
