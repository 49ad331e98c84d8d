#include "harness/run/serve.hpp"

#include <optional>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/capture/pcap_file.hpp"
#include "harness/files/files.hpp"
#include "harness/host/machine/heartbeat.hpp"
#include "harness/host/terminal.hpp"
#include "harness/run/bind.hpp"
#include "harness/run/capture_source.hpp"
#include "harness/run/frame_fan_out.hpp"
#include "harness/run/journal_file.hpp"
#include "harness/run/live_log.hpp"
#include "harness/run/meta.hpp"
#include "harness/run/server_words.hpp"
#include "harness/run/servers.hpp"

namespace sipharness::run {
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
  Serving(const Production& production, const RunFolder& folder,
          std::function<void(const std::string&)> print)
      : production_(production),
        print_(std::move(print)),
        source_(production.options.capture, production.scenario),
        capture_(folder.capture(), source_.link()),
        journal_(folder.journal(), world_, world_.now(), true),
        log_(world_, production.scenario, print_),
        writers_(journal_, log_),
        frames_(capture_, log_),
        terminal_(world_, [this](const std::string& line) { obey(line); }) {
    source_.start(world_, frames_);
    write_clock();
    servers_.emplace(world_, writers_, production_, world_.now());
  }

  void run() {
    greet();
    const host::Heartbeat heartbeat(world_, [this](Duration worst) {
      journal_.write(journal::Lag{worst});
      write_clock();
      capture_.flush();
    });
    const auto& interrupted = production_.options.interrupted;
    world_.run(TimePoint::max(), [&] { return is_over_ || (interrupted && interrupted()); });
    journal::CaptureCount count = source_.stop(world_);
    count.frames = capture_.frames();
    log_.flush();
    journal_.write(count);
    journal_.write(journal::Ended{"completed"});
    capture_.flush();
    if (const auto error = capture_.error()) throw SetupError("cannot write: " + *error);
    if (journal_.has_failed()) throw SetupError("cannot write the journal: the disk may be full");
  }

 private:
  void write_clock() {
    const host::RealWorld::ClockPair clocks = world_.read_clocks();
    journal_.write(journal::Clock{clocks.capture, clocks.monotonic});
  }

  void greet() {
    for (const scenario::Server& server : production_.scenario.servers)
      print_(fmt::format("{:<9} at {} (UDP and TCP)", server.name,
                         Endpoint{*server.address, server.port}.text()));
    const scenario::Account& account = production_.profile.account;
    print_(account.is_any() ? "account   whichever registers first"
                            : fmt::format("account   {}", account.user));
    print_(terminal_.is_there() ? "type help for what the servers can be told; Ctrl-C ends"
                                : "Ctrl-C ends");
  }

  void obey(const std::string& line) {
    if (line.empty()) return;
    if (line == "quit") {
      is_over_ = true;
      return;
    }
    if (line == "help") return print_(server_words_help(production_.scenario));
    const auto step = parse_server_words(line, production_.scenario);
    if (!step) return print_(step.error().message);
    servers_->carry_out(*step);
  }

  const Production& production_;
  std::function<void(const std::string&)> print_;
  host::RealWorld world_;
  CaptureSource source_;
  capture::PcapWriter capture_;
  JournalFile journal_;
  LiveLog log_;
  BothWriters writers_;
  FrameFanOut frames_;
  host::Terminal terminal_;
  std::optional<Servers> servers_;
  bool is_over_ = false;
};

}  // namespace

void serve(const scenario::Scenario& scenario, const scenario::Profile& profile,
           const RunOptions& options, const std::function<void(const std::string&)>& print) {
  const Addresses addresses =
      options.bind.empty() ? default_addresses(scenario.ipv6, false)
                           : bound_addresses(options.bind, scenario.ipv6, host::local_addresses());
  const Production production{with_addresses(scenario, addresses), configured(profile, scenario),
                              device_endpoints(addresses.device, scenario.devices), options};
  require_two_endpoints(production.scenario);
  const RunFolder folder{options.folder};
  files::make_folders(folder.path);
  files::write_file(folder.scenario(), scenario::to_json(production.scenario));
  files::write_file(folder.profile(), scenario::to_json(production.profile));
  files::write_file(folder.meta(), to_json(Meta{"real", options.seed, options.device.text()}));
  Serving(production, folder, print).run();
}

}  // namespace sipharness::run
