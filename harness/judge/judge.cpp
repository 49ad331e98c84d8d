#include "harness/judge/judge.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/base/version.hpp"
#include "harness/capture/capture_file.hpp"
#include "harness/check/checks.hpp"
#include "harness/files/files.hpp"
#include "harness/journal/left_out.hpp"
#include "harness/judge/amendment.hpp"
#include "harness/judge/builtin_profile.hpp"
#include "harness/judge/control_runs.hpp"
#include "harness/judge/fleet.hpp"
#include "harness/judge/guessed_roles.hpp"
#include "harness/judge/guessed_tolerances.hpp"
#include "harness/judge/knowledge.hpp"
#include "harness/judge/loose_expectations.hpp"
#include "harness/judge/loose_tolerances.hpp"
#include "harness/judge/macs.hpp"
#include "harness/judge/message_counts.hpp"
#include "harness/judge/meta.hpp"
#include "harness/judge/roles_told.hpp"
#include "harness/judge/run_folder.hpp"
#include "harness/judge/tested.hpp"
#include "harness/observed/addresses.hpp"
#include "harness/verdict/tally.hpp"

namespace sipharness::judge {

Expected<scenario::Scenario> load_scenario(const std::string& path) {
  const auto text = files::read_file(path);
  if (!text) return tl::unexpected(text.error());
  auto scenarios = scenario::read_scenarios(*text, path, check::requirement_ids);
  if (!scenarios) return tl::unexpected(scenarios.error().front());
  if (scenarios->size() > 1)
    return failure(path, "has variants; name the scenario.json of the run folder of one of them");
  return scenarios->front();
}

Expected<scenario::Profile> load_profile(const std::string& path) {
  const auto text = files::read_file(path);
  if (!text) return tl::unexpected(text.error());
  return scenario::read_profile(*text, path);
}

std::string name_of(const std::vector<std::string>& captures) {
  const std::string first = files::file_name(captures.front());
  return captures.size() == 1 ? first : fmt::format("{} and {} more", first, captures.size() - 1);
}

namespace {

/// policy: of one kind; a flood of strangers must not bury the rest.
constexpr std::size_t most_notes = 8;

/// Everything that is judged, read from files.
struct Inputs {
  std::vector<std::string> captures;
  std::optional<scenario::Scenario> scenario;
  scenario::Profile profile;
  journal::Journal journal;
  std::string left_out_of_journal;
  Meta meta;
  bool is_run = false;
  bool has_profile = false;
  trace::Vantage vantage = trace::Vantage::unknown;
};

/// Paths with a run folder's own files where nothing else was asked for.
JudgeRequest completed(JudgeRequest request) {
  if (!files::is_folder(request.capture)) return request;
  const RunFolder folder{request.capture};
  request.capture = folder.capture();
  if (!request.scenario) request.scenario = folder.scenario();
  if (!request.profile) request.profile = folder.profile();
  if (!request.journal) request.journal = folder.journal();
  return request;
}

Expected<Inputs> read_inputs(const JudgeRequest& original) {
  const JudgeRequest request = completed(original);
  Inputs inputs;
  inputs.captures = request.more;
  inputs.captures.insert(inputs.captures.begin(), request.capture);
  inputs.is_run = files::is_folder(original.capture);
  if (inputs.is_run && !request.servers.empty())
    return failure(original.capture,
                   "a run folder names its servers: leave out --primary and --secondary");
  if (inputs.is_run && !request.more.empty())
    return failure(original.capture, "a run folder is judged alone: name nothing beside it");
  if (inputs.is_run && !files::read_file(RunFolder{original.capture}.meta()))
    return failure(original.capture,
                   "no run folder, it has no run.json; allowed is the folder of one run, such as "
                   "runs/latest, or a capture");
  inputs.profile = builtin_profile();
  if (request.scenario) {
    auto scenario = load_scenario(*request.scenario);
    if (!scenario) return tl::unexpected(scenario.error());
    inputs.scenario = std::move(*scenario);
  }
  if (request.profile) {
    auto profile = load_profile(*request.profile);
    if (!profile) return tl::unexpected(profile.error());
    inputs.profile = std::move(*profile);
    inputs.has_profile = true;
  }
  if (request.journal) {
    auto journal = journal::read_journal(*request.journal);
    if (!journal) return tl::unexpected(journal.error());
    inputs.journal = std::move(*journal);
    inputs.left_out_of_journal = journal::describe_left_out(*request.journal, inputs.journal);
  }
  if (inputs.is_run) {
    auto meta = read_meta(RunFolder{original.capture}.meta());
    if (!meta) return tl::unexpected(meta.error());
    inputs.meta = std::move(*meta);
  }
  const auto own_place = inputs.journal.empty() ? trace::Vantage::unknown : trace::Vantage::device;
  inputs.vantage = request.vantage.value_or(own_place);
  return inputs;
}

template <class T>
const T* last_event(const journal::Journal& journal) {
  for (auto entry = journal.rbegin(); entry != journal.rend(); ++entry)
    if (const auto* event = std::get_if<T>(&entry->event)) return event;
  return nullptr;
}

verdict::CaptureInfo describe_capture(const Inputs& inputs, const trace::Trace& trace) {
  verdict::CaptureInfo info;
  info.file = name_of(inputs.captures);
  info.frames = trace.counts.frames;
  info.sip_messages = trace.messages.size();
  info.health = trace.health.complete() ? "complete" : "incomplete";
  info.vantage = to_string(trace.vantage);
  info.faults = trace.health.texts();
  info.remarks = trace.remarks;
  info.keep_alives = trace.keep_alives;
  if (const std::string unread = trace.census.describe_undecoded(trace.counts.frames);
      !unread.empty())
    info.remarks.push_back(unread);
  const auto* count = last_event<journal::CaptureCount>(trace.journal);
  info.source = count != nullptr ? count->source : "file";
  if (count != nullptr && !count->note.empty()) info.note = count->note;
  return info;
}

bool is_seen(const trace::Trace& trace, trace::ServerRole server) {
  return std::ranges::count(trace.messages.flows(), server, &trace::Flow::server) > 0;
}

/// Nothing where every device is judged: the reference UAs, and those of a field capture judged
/// without a profile, or by one that leaves the account as it is by default and not there.
std::optional<trace::Tested> tested_in(const Inputs& inputs) {
  if (inputs.is_run) {
    if (inputs.meta.device_kind == "reference" || !inputs.scenario) return std::nullopt;
    return tested_of(inputs.profile, inputs.scenario->devices);
  }
  if (!inputs.has_profile || inputs.profile.account.is_any()) return std::nullopt;
  trace::Tested tested = tested_of(inputs.profile, inputs.scenario ? inputs.scenario->devices : 1);
  tested.or_everyone = inputs.profile.account == scenario::Account();
  return tested;
}

/// What an entry says to whoever reads the result; empty: nothing.
std::string remark_in(const journal::Entry& entry) {
  if (const auto* diverted = std::get_if<journal::Diverted>(&entry.event))
    return describe(*diverted);
  const auto* remark = std::get_if<journal::Remark>(&entry.event);
  return remark != nullptr ? remark->text : std::string();
}

/// What the harness remarked of its own run, each once.
void add_remarks(verdict::Result& result, const trace::Trace& trace) {
  std::set<std::string> told;
  for (const journal::Entry& entry : trace.journal) {
    std::string remark = remark_in(entry);
    if (!remark.empty() && told.size() < most_notes && told.insert(remark).second)
      result.notes.push_back(std::move(remark));
  }
}

/// Responses that a rule changed before they left: what rests on them rests on the scenario.
void add_notes_of_rewrites(verdict::Result& result, const trace::Trace& trace) {
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> counts;
  for (const journal::Entry& entry : trace.journal)
    if (const auto* sent = std::get_if<journal::Sent>(&entry.event); sent && sent->rewritten)
      ++counts[{sent->server, *sent->rewritten}];
  for (const auto& [what, count] : counts)
    result.notes.push_back(fmt::format("the {} rewrote {} as the scenario says: {}", what.first,
                                       counted(count, "response"), what.second));
}

/// Devices not under test, devices that never sent anything, and undelivered actions.
void add_notes_of_devices(verdict::Result& result, const Inputs& inputs,
                          const trace::Trace& trace) {
  for (const trace::UndeliveredAction& undelivered : trace.undelivered_actions)
    if (!undelivered.what.empty())
      result.notes.push_back(fmt::format("{} at {}: {}", undelivered.action.verb,
                                         format_seconds(undelivered.at - trace.zero),
                                         undelivered.what));
  const auto tested = tested_in(inputs);
  if (!tested) return;
  std::size_t others = 0;
  for (const trace::Device& device : trace.devices) {
    if (device.under_test || device.is_stranger || device.addresses.empty()) continue;
    if (others++ < most_notes)
      result.notes.push_back(fmt::format("account {} at {} was seen and is not under test",
                                         device.user, device.addresses.front().text()));
  }
  if (others > most_notes)
    result.notes.push_back(
        fmt::format("{} more accounts were seen; none is under test", others - most_notes));
  if (tested->or_everyone) return;
  for (const std::string& user : tested->users) {
    const auto device = std::ranges::find(trace.devices, user, &trace::Device::user);
    if (device == trace.devices.end() || device->addresses.empty())
      result.notes.push_back(fmt::format("account {} was never seen", user));
  }
}

std::optional<verdict::HostLag> worst_lag(const trace::Trace& trace) {
  std::optional<verdict::HostLag> worst;
  for (const journal::Entry& entry : trace.journal)
    if (const auto* lag = std::get_if<journal::Lag>(&entry.event);
        lag != nullptr && (!worst || lag->worst > worst->worst))
      worst = {lag->worst, entry.at};
  return worst;
}

void add_devices(verdict::Result& result, const Inputs& inputs, const trace::Trace& trace) {
  const std::string kind = inputs.is_run ? inputs.meta.device_kind : "external";
  const std::vector<std::string> macs = macs_of(trace);
  for (std::size_t index = 0; index < trace.devices.size(); ++index) {
    const trace::Device& device = trace.devices[index];
    if (!device.under_test) continue;
    result.devices.push_back(
        {device.name, kind, inputs.profile.name, device.user_agent, device.user});
    verdict::DeviceInfo& info = result.devices.back();
    for (const Endpoint& address : device.addresses) info.addresses.push_back(address.text());
    info.mac = macs[index];
  }
}

/// Which harness judged what was captured when.
void add_occasion(verdict::Result& result, const trace::Trace& trace) {
  result.harness = version();
  if (trace.counts.frames == 0) return;
  result.started = trace.first;
  result.length = std::max(Duration::zero(), trace.last - trace.first);
}

verdict::Result make_result(const Inputs& inputs, const trace::Trace& trace,
                            const JudgeRequest& request) {
  verdict::Result result;
  if (inputs.scenario) {
    result.scenario = inputs.scenario->name;
    result.variant = inputs.scenario->variant;
    result.title = inputs.scenario->title;
    for (const scenario::Expectation& one : inputs.scenario->expect)
      result.expected.push_back(one.requirement);
  }
  add_occasion(result, trace);
  result.clock = inputs.meta.clock;
  result.seed = inputs.meta.seed;
  result.strict = request.strict;
  const auto* ended = last_event<journal::Ended>(trace.journal);
  result.interrupted = ended != nullptr && ended->reason == "interrupted";
  if (const auto* missed = last_event<journal::Missed>(trace.journal)) {
    result.stopped = fmt::format("step {}: {} did not occur by {}", missed->step + 1,
                                 missed->awaited, format_duration(missed->deadline));
    if (missed->seen) result.stopped += fmt::format("; seen instead: {}", *missed->seen);
  }
  for (const journal::Entry& entry : trace.journal)
    if (const auto* rule = std::get_if<journal::UnmatchedRule>(&entry.event))
      result.notes.push_back(fmt::format("{}: the rule \"{}\" of {} never matched", rule->place,
                                         rule->rule, rule->server));
  if (!inputs.left_out_of_journal.empty()) result.notes.push_back(inputs.left_out_of_journal);
  add_remarks(result, trace);
  add_notes_of_rewrites(result, trace);
  std::ranges::copy(loose_tolerances(inputs.profile), std::back_inserter(result.notes));
  for (const trace::Server& server : request.servers)
    if (!is_seen(trace, server.role))
      result.notes.push_back(fmt::format("no SIP message to or from {}, named as the {}",
                                         server.endpoint.text(), to_string(server.role)));
  result.lag = worst_lag(trace);
  add_notes_of_devices(result, inputs, trace);
  add_devices(result, inputs, trace);
  result.roles = roles_in(trace);
  result.capture = describe_capture(inputs, trace);
  result.rows_named = !request.only.empty();
  count_messages(result, trace);
  return result;
}

/// Packets between loopback addresses never leave the host: where they were captured, there the
/// device was.
bool is_all_on_one_host(const trace::Trace& trace) {
  const auto& flows = trace.messages.flows();
  return !flows.empty() && std::ranges::all_of(flows, [](const trace::Flow& flow) {
    return observed::is_loopback(flow.source.address) &&
           observed::is_loopback(flow.destination.address);
  });
}

/// Takes the journal out of `inputs`.
Expected<trace::Trace> trace_of(Inputs& inputs, const JudgeRequest& request) {
  const scenario::Scenario* scenario = inputs.scenario ? &*inputs.scenario : nullptr;
  auto trace = trace::build_trace({inputs.captures, std::move(inputs.journal), scenario,
                                   inputs.vantage, request.servers, tested_in(inputs)});
  if (trace && !request.vantage && !inputs.is_run && is_all_on_one_host(*trace))
    trace->vantage = trace::Vantage::device;
  return trace;
}

/// What is learned from findings before the verdicts of the whole run may be withdrawn.
struct Learned {
  Knowledge knowledge{};
  std::set<std::string> loose_expectations{};

  void look_at(const verdict::Finding& finding, const scenario::Scenario* scenario) {
    knowledge.look_at(finding);
    if (scenario != nullptr) note_loose_expectations(*scenario, finding, loose_expectations);
  }
};

/// What a finding goes through once it is made.
std::vector<Amendment> amendments_for(const Inputs& inputs, const check::JudgeOptions& options,
                                      Judged& judged, Learned& learned) {
  trace::Trace& trace = judged.trace;
  const auto tested = tested_in(inputs);
  std::vector<Amendment> all = settle_roles(trace, inputs.profile, options, tested);
  if (!inputs.is_run && !inputs.has_profile && is_all_on_one_host(trace))
    all.push_back(settle_tolerances(trace, options, tested));
  if (inputs.has_profile) append(all, require_both_servers(trace, inputs.profile));
  append(all, withdraw_from_shared_accounts(trace, tested));
  all.emplace_back([&learned, scenario = options.scenario](verdict::Finding& finding) {
    learned.look_at(finding, scenario);
  });
  const auto* ended = last_event<journal::Ended>(trace.journal);
  if (ended != nullptr && ended->reason == "no device")
    all.emplace_back([why = "no device under test registered: " +
                            judged.result.stopped](verdict::Finding& finding) {
      withdraw_verdict(finding, verdict::Blame::user, why);
    });
  append(all, amendments_by_control_runs(judged.result));
  return all;
}

/// Every phone, one after the other: of a fleet most findings only add to a count.
void judge_all(verdict::Result& result, const trace::Trace& trace, const scenario::Profile& profile,
               const check::JudgeOptions& options, const std::vector<Amendment>& amendments) {
  std::optional<FleetMeasure> fleet;
  if (is_fleet(trace)) fleet.emplace(trace);
  verdict::Tally tally = fleet ? verdict::Tally(verdict::findings_kept_of_fleet) : verdict::Tally();
  check::judge_phones(trace, profile, options,
                      [&](const observed::Phone& phone, std::span<verdict::Finding> findings) {
                        if (fleet) fleet->add(phone);
                        for (verdict::Finding& finding : findings) amend(finding, amendments);
                        tally.add(phone.device, findings);
                      });
  result.findings = tally.findings();
  if (fleet) fleet->conclude(result, trace, tally.rows());
}

Expected<Judged> judge_inputs(Inputs inputs, const JudgeRequest& request) {
  const scenario::Scenario* scenario = inputs.scenario ? &*inputs.scenario : nullptr;
  auto trace = trace_of(inputs, request);
  if (!trace) return tl::unexpected(trace.error());
  Judged judged{make_result(inputs, *trace, request), std::move(*trace), inputs.profile,
                inputs.scenario};
  verdict::Result& result = judged.result;
  if (inputs.is_run) read_control_runs(result, request.capture);
  const check::JudgeOptions options{
      .scenario = scenario, .only = request.only, .jobs = request.jobs};
  Learned learned;
  std::vector<Amendment> amendments = amendments_for(inputs, options, judged, learned);
  const GuessedAccount guess = guessed_account(result, judged.trace, tested_in(inputs));
  if (!guess.why_none_stands.empty())
    amendments.emplace_back([&guess](verdict::Finding& finding) {
      withdraw(finding, verdict::Blame::user, guess.why_none_stands);
    });
  judge_all(result, judged.trace, inputs.profile, options, amendments);
  const auto note = std::back_inserter(result.notes);
  std::ranges::copy(learned.knowledge.notes(inputs.profile, judged.trace), note);
  std::ranges::copy(learned.loose_expectations, note);
  std::ranges::copy(notes_on_control_runs(result), note);
  if (!guess.note.empty()) result.notes.push_back(guess.note);
  result.nothing_judged = describe_nothing_judged(result, judged.trace, request.servers);
  return judged;
}

struct LastFrame final : packet::FrameSink {
  void on_frame(const packet::FrameView& frame) override { at = std::max(at, frame.at); }
  CaptureTime at{};
};

bool names_a_packet(const journal::Entry& entry) {
  return std::holds_alternative<journal::Sent>(entry.event) ||
         std::holds_alternative<journal::Ignored>(entry.event);
}

/// While a run goes on its journal is ahead of its capture, which the kernel hands over late: what
/// comes after the last frame is not missing, it is not there yet.
void leave_out_what_is_under_way(Inputs& inputs) {
  LastFrame last;
  const auto clock = std::ranges::find_if(inputs.journal, [](const journal::Entry& entry) {
    return std::holds_alternative<journal::Clock>(entry.event);
  });
  if (clock == inputs.journal.end() || !capture::read_capture(inputs.captures, last)) return;
  const Duration end = clock->at + (last.at - std::get<journal::Clock>(clock->event).capture);
  std::erase_if(inputs.journal, [end](const journal::Entry& entry) {
    return names_a_packet(entry) && entry.at > end;
  });
}

}  // namespace

Expected<Loaded> load(const JudgeRequest& request) {
  auto inputs = read_inputs(request);
  if (!inputs) return tl::unexpected(inputs.error());
  auto trace = trace_of(*inputs, request);
  if (!trace) return tl::unexpected(trace.error());
  return Loaded{std::move(*trace), std::move(inputs->profile), std::move(inputs->scenario)};
}

Expected<Judged> judge(const JudgeRequest& request) {
  auto inputs = read_inputs(request);
  if (!inputs) return tl::unexpected(inputs.error());
  return judge_inputs(std::move(*inputs), request);
}

Expected<Judged> judge_so_far(const JudgeRequest& request) {
  auto inputs = read_inputs(request);
  if (!inputs) return tl::unexpected(inputs.error());
  leave_out_what_is_under_way(*inputs);
  // The run goes on: its journal is not cut off, only not finished.
  if (!inputs->journal.empty())
    inputs->journal.push_back({inputs->journal.back().at, journal::Ended{"so far"}});
  return judge_inputs(std::move(*inputs), request);
}

}  // namespace sipharness::judge
