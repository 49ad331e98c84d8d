#include "harness/stage/run.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "harness/base/rng.hpp"
#include "harness/base/setup_error.hpp"
#include "harness/capture/pcap_writer.hpp"
#include "harness/dut/process/drivable.hpp"
#include "harness/host/real_world.hpp"
#include "harness/host/terminal.hpp"
#include "harness/judge/control_runs.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/stage/healthy_run.hpp"
#include "harness/stage/journal_file.hpp"
#include "harness/stage/place/addresses.hpp"
#include "harness/stage/place/bind.hpp"
#include "harness/stage/production.hpp"
#include "harness/stage/real_time.hpp"
#include "harness/stage/virtual_time.hpp"

namespace sipharness::stage {
namespace {

/// Every party of a scenario is ours unless a third-party device takes part.
bool is_real_time(const RunOptions& options) {
  if (!options.device.is_foreign()) return options.clock == Clock::real;
  if (options.clock == Clock::virtual_time)
    throw SetupError(fmt::format("the device {} runs in real time: leave out --clock virtual",
                                 options.device.text()));
  return true;
}

Addresses chosen_addresses(const scenario::Scenario& scenario, const RunOptions& options,
                           bool simulated) {
  if (!options.bind.empty() && !simulated)
    return bound_addresses(options.bind, scenario.ipv6, host::local_addresses());
  // A softphone brings ports of its own choice: it gets addresses of its own even when it is alone.
  const bool apart = options.slot || options.device.kind == DeviceKind::process;
  const bool own = apart && !simulated && !scenario.ipv6;
  return own ? addresses_of_slot(options.slot.value_or(0))
             : default_addresses(scenario.ipv6, simulated);
}

bool moves_device(const scenario::Scenario& scenario) {
  return std::ranges::any_of(scenario.timeline, [](const scenario::Step& step) {
    const auto* device = std::get_if<scenario::DeviceStep>(&step.what);
    return device != nullptr && device->verb == scenario::DeviceVerb::move;
  });
}

void require_somewhere_to_go(const scenario::Scenario& scenario, const IpAddress& device) {
  if (!elsewhere_from(device))
    throw SetupError(fmt::format(
        "{} moves the device to another address, and {} is the only one here: run it without "
        "--clock real, or over IPv4 without --bind",
        scenario.full_name(), device.text()));
}

/// One of the runs that a run consists of: before the fault, with it, after it.
struct Part {
  const scenario::Scenario& scenario;  ///< with addresses
  std::string folder;
  std::string request{};    ///< of the whole run; empty: a control run
  bool is_healthy = false;  ///< a control run
  bool device_was_up = false;
};

void stage_part(const Part& part, const scenario::Profile& profile, const RunOptions& options) {
  const bool real = is_real_time(options);
  const Addresses addresses = chosen_addresses(part.scenario, options, !real);
  const Production production{part.scenario,
                              configured(profile, part.scenario),
                              device_endpoints(addresses.device, part.scenario.devices),
                              options,
                              part.is_healthy,
                              part.device_was_up};
  const judge::RunFolder folder{part.folder};
  judge::write_inputs(
      folder, production.scenario, production.profile,
      {real ? "real" : "virtual", options.seed, options.device.text(), part.request});
  if (real)
    run_in_real_time(production, folder);
  else
    run_in_virtual_time(production, folder);
}

/// The same without what belongs to the whole run: verdicts so far; it says which part it is.
RunOptions options_of_control_run(const RunOptions& options, const std::string& when) {
  RunOptions control = options;
  control.on_partial = {};
  if (options.on_progress)
    control.on_progress = [tell = options.on_progress, when](RunOptions::Progress now) {
      now.awaiting = when + ": " + now.awaiting;
      tell(now);
    };
  return control;
}

bool is_interrupted(const RunOptions& options) {
  return options.interrupted && options.interrupted();
}

/// The run that was not played leaves a folder that can be judged all the same.
void leave_unplayed(const Part& part, const scenario::Profile& profile, const RunOptions& options) {
  const judge::RunFolder folder{part.folder};
  judge::write_inputs(folder, part.scenario, configured(profile, part.scenario),
                      {"real", options.seed, options.device.text(), part.request});
  capture::PcapWriter(folder.capture(), packet::LinkType::ethernet).flush();
  const host::RealWorld world;
  const host::RealWorld::ClockPair clocks = world.read_clocks();
  JournalFile journal(folder.journal(), world, world.now(), true);
  journal.write(journal::Clock{clocks.capture, clocks.monotonic});
  journal.write(journal::CaptureCount{"none", 0, 0, "the run was not played"});
  journal.write(journal::Ended{is_interrupted(options) ? "interrupted" : "not played"});
}

void stage_with_control_runs(const Part& main, const scenario::Profile& profile,
                             const RunOptions& options) {
  const scenario::Scenario& scenario = main.scenario;
  const bool by_hand = options.device.kind == DeviceKind::external;
  const scenario::Scenario healthy =
      healthy_run({.main = scenario,
                   .healthy = *options.healthy,
                   .profile = profile,
                   .can_be_driven = !by_hand || options.desk.is_there() || host::has_person()});
  const judge::RunFolder folder{options.folder};
  const RunOptions before = options_of_control_run(options, "before the fault");
  stage_part({healthy, folder.before(), {}, true, false}, profile, before);
  const auto control = judge::judge_control_run(folder.before());
  if (!control)
    throw SetupError("the control run cannot be read, which is a fault of the harness: " +
                     control.error().text());
  if (is_interrupted(options) || !control->ok) return leave_unplayed(main, profile, options);
  stage_part({scenario, folder.path, main.request, false, true}, profile, options);
  if (is_interrupted(options)) return;
  const RunOptions after = options_of_control_run(options, "after the fault");
  stage_part({healthy, folder.after(), {}, true, true}, profile, after);
}

bool has_control_runs(const scenario::Scenario& scenario, const scenario::Profile& profile,
                      const RunOptions& options) {
  return options.device.is_foreign() && options.healthy && profile.registers &&
         stages_fault(scenario);
}

/// policy: what a control run takes, as it ends when its timeline is played.
constexpr Duration control_run_time = 5s;
/// policy: from one run to the next: sockets, capture, judging.
constexpr Duration time_between_runs = 100ms;

/// policy: until it sends its first REGISTER, which is scenario zero.
Duration boot_time(const RunOptions& options) {
  switch (options.device.kind) {
    case DeviceKind::phone:
      return options.phone.reprovision == Reprovision::none ? Duration::zero() : Duration(90s);
    case DeviceKind::process:
      return 1s;
    default:
      return Duration::zero();
  }
}

}  // namespace

void require_playable(const scenario::Scenario& scenario, const scenario::Profile& profile,
                      const RunOptions& options) {
  const bool real = is_real_time(options);
  if (options.device.kind == DeviceKind::process) dut::check_drivable(profile, scenario);
  if (real && !options.device.is_foreign() && scenario.devices > 1)
    throw SetupError(
        fmt::format("{} has {} devices: they run in virtual time only, run it "
                    "without --clock real",
                    scenario.full_name(), scenario.devices));
  if (real && !options.device.is_foreign() && moves_device(scenario))
    require_somewhere_to_go(scenario, chosen_addresses(scenario, options, false).device.address);
  if (scenario.devices > 1 && profile.account.is_any())
    throw SetupError(
        fmt::format("{} has {} devices: say --account USER, that of the first; the others are "
                    "counted up from it",
                    scenario.full_name(), scenario.devices));
}

Duration real_time_needed(const scenario::Scenario& scenario, const scenario::Profile& profile,
                          const RunOptions& options) {
  const Duration boot = boot_time(options);
  const Duration main = boot + scenario.duration + time_between_runs;
  return has_control_runs(scenario, profile, options) ? main + 2 * (boot + control_run_time) : main;
}

std::string request_digest(const scenario::Scenario& scenario, const scenario::Profile& profile,
                           const RunOptions& options) {
  const std::string text =
      fmt::format("{}\n{}\n{} {} {} {} {} {} {}", scenario::to_json(scenario),
                  scenario::to_json(profile), options.device.text(), options.device.phone_address,
                  options.seed, is_real_time(options), static_cast<int>(options.capture),
                  options.healthy.has_value(), fmt::join(options.deviations, " "));
  return fmt::format("{:016x}", fnv1a(text));
}

void run(const scenario::Scenario& scenario, const scenario::Profile& profile,
         const RunOptions& options) {
  require_playable(scenario, profile, options);
  const scenario::Scenario placed =
      with_addresses(scenario, chosen_addresses(scenario, options, !is_real_time(options)));
  require_endpoints_of_their_own(placed);
  const Part part{placed, options.folder, request_digest(scenario, profile, options)};
  if (has_control_runs(scenario, profile, options))
    stage_with_control_runs(part, profile, options);
  else
    stage_part(part, profile, options);
}

}  // namespace sipharness::stage
