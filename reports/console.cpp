// The report for a person at a terminal: the verdict, what went wrong with its numbers, and where
// to look; what passed is counted, or listed if asked for.

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "reports/fleet.hpp"
#include "reports/report.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using sipharness::counted;
using sipharness::format_seconds;
using namespace sipharness::verdict;

/// policy: from so many devices on, what one requirement came to is told of all of them at once.
constexpr std::size_t crowd = 5;
/// policy: so many instances, or devices of a crowd, are told in full.
constexpr std::size_t most_told = 5;

/// Findings of one requirement that have one verdict: a single device's, or those of a crowd.
using Group = std::vector<const Finding*>;

class Console {
 public:
  Console(const Result& result, const ConsoleOptions& options)
      : result_(result), options_(options) {}

  std::string write() {
    write_verdict();
    if (options_.quiet) return out_;
    write_fleet();
    for (const Verdict verdict : {Verdict::fail, Verdict::inconclusive, Verdict::warn})
      for (const Group& group : groups(verdict, result_.devices.size() >= crowd))
        write_in_full(group);
    if (options_.verbose)
      write_lists();
    else
      write_counts();
    write_capture();
    write_where_to_look();
    return out_;
  }

 private:
  void write_verdict() {
    const Verdict verdict = overall(result_);
    const std::string name = reports::name_of(result_);
    const bool is_aside = options_.one_of_several && is_not_exercised(result_);
    out_ +=
        fmt::format("{}  {}", is_aside ? "NOT EXERCISED" : verdict_word(verdict, options_.colour),
                    printable(name));
    if (!result_.clock.empty())
      out_ += fmt::format("  ({} clock, seed {})", result_.clock, result_.seed);
    out_ += fmt::format("  {}\n", count_line(result_));
    if (options_.quiet) return;
    if (!result_.nothing_judged.empty())
      out_ += fmt::format("      nothing was judged: {} (blame: {})\n",
                          printable(result_.nothing_judged), to_string(Blame::user));
    if (!result_.title.empty()) out_ += fmt::format("      {}\n", printable(result_.title));
    if (!result_.stopped.empty())
      out_ += fmt::format("      timeline stopped at {}\n", printable(result_.stopped));
    for (const std::string& note : result_.notes)
      out_ += fmt::format("      note: {}\n", printable(note));
    write_control_run("before", result_.before);
    write_control_run("after", result_.after);
    write_lag();
    if (result_.interrupted) out_ += "      interrupted: judged as far as it was seen\n";
  }

  void write_fleet() {
    if (!result_.fleet) return;
    std::string_view title = "Fleet";
    out_ += "\n";
    for (const std::string& line : describe_fleet(*result_.fleet))
      out_ += fmt::format("  {:<7}{}\n", std::exchange(title, ""), line);
  }

  void write_control_run(std::string_view when, const std::optional<ControlRun>& control) {
    if (!control || control->ok) return;
    out_ += fmt::format("      {} the fault, with healthy servers: {} (blame: {}{})\n", when,
                        printable(control->reason), to_string(control->blame),
                        control->started_anew ? "" : "; nobody started the device anew");
  }

  /// Only where it took a verdict away.
  void write_lag() {
    const std::vector<std::string>& faults = result_.capture.faults;
    const bool is_whole = result_.capture.health == "complete";
    const bool mattered = std::ranges::any_of(result_.findings, [&](const Finding& finding) {
      const Instance& worst = finding.worst();
      const bool is_of_capture = std::ranges::find(faults, worst.reason) != faults.end();
      return worst.blame == Blame::host && !is_of_capture && (worst.measured || is_whole);
    });
    if (result_.lag && mattered)
      out_ +=
          fmt::format("      this host was up to {} late (about {}): too busy for some verdicts\n",
                      format_seconds(result_.lag->worst, 4), format_seconds(result_.lag->at, 0));
  }

  /// Findings of one requirement stand together: those of all devices, one after the other.
  std::vector<Group> groups(Verdict verdict, bool all_devices) const {
    std::vector<Group> found;
    for (const Finding& finding : result_.findings) {
      if (finding.verdict() != verdict || !finding.follows_from.empty()) continue;
      const bool joins =
          all_devices && !found.empty() && found.back().front()->requirement == finding.requirement;
      if (!joins) found.emplace_back();
      found.back().push_back(&finding);
    }
    return found;
  }

  /// How many devices a group speaks for: of a fleet more than are in it.
  std::size_t size_of(const Group& group) const {
    if (!result_.fleet) return group.size();
    const Finding& first = *group.front();
    const auto row =
        std::ranges::find(result_.fleet->rows, first.requirement, &FleetRow::requirement);
    return row->devices[static_cast<std::size_t>(first.verdict())];
  }

  /// With the device where there are several, with their number where they are told at once.
  std::string name_of(const Group& group) const {
    const std::string_view id = group.front()->requirement->id;
    const std::size_t devices = result_.devices.size();
    const std::size_t size = size_of(group);
    if (devices < 2) return std::string(id);
    if (size == 1) return fmt::format("{} ({})", id, printable(group.front()->device));
    if (size == devices) return fmt::format("{} (all {} devices)", id, devices);
    return fmt::format("{} ({} of {} devices)", id, size, devices);
  }

  void write_in_full(const Group& group) {
    const Finding& finding = *group.front();
    const Requirement& requirement = *finding.requirement;
    out_ += fmt::format("\n  {}  {}  {}  [{}]\n", verdict_word(finding.verdict(), options_.colour),
                        name_of(group), requirement.sentence, requirement.clause);
    if (group.size() == 1)
      write_instances(finding);
    else
      write_crowd(group);
    write_what_follows(group);
  }

  void write_crowd(const Group& group) {
    for (std::size_t i = 0; i < std::min(most_told, group.size()); ++i)
      write_instance(group[i]->worst(), printable(group[i]->device) + ": ");
    if (size_of(group) > most_told)
      out_ += fmt::format("        … and {} like this\n",
                          counted(size_of(group) - most_told, "more device"));
  }

  /// What only repeats the group stands under it, in a line for each requirement.
  void write_what_follows(const Group& group) {
    const Requirement* told = nullptr;
    for (const Finding& finding : result_.findings) {
      const bool follows =
          finding.follows_from == group.front()->requirement->id &&
          std::ranges::find(group, finding.device, &Finding::device) != group.end();
      if (!follows || finding.requirement == told) continue;
      told = finding.requirement;
      out_ += fmt::format("        {} of {} follows from it: {}\n", to_string(finding.verdict()),
                          told->id, printable(finding.worst().message));
    }
  }

  void write_instances(const Finding& finding) {
    const auto worth_telling = static_cast<std::size_t>(
        std::ranges::count(finding.instances, finding.verdict(), &Instance::verdict));
    for (std::size_t i = 0; i < std::min(most_told, worth_telling); ++i)
      write_instance(finding.instances[i], {});
    if (worth_telling > most_told)
      out_ += fmt::format("        … and {} more like this\n", worth_telling - most_told);
  }

  void write_instance(const Instance& instance, const std::string& whose) {
    out_ += fmt::format("        {}{}\n", whose, printable(instance.message));
    std::string numbers;
    const auto add = [&numbers](std::string text) {
      if (text.empty()) return;
      numbers += (numbers.empty() ? "" : " · ") + std::move(text);
    };
    if (const auto margin = instance.margin())
      add(fmt::format("margin {}", format_seconds(*margin)));
    if (const auto& told = instance.measured; told && told->tolerance)
      add(fmt::format("tolerance {} ({})", format_seconds(told->tolerance->value),
                      told->tolerance->source));
    if (instance.reason && *instance.reason != instance.message) add(printable(*instance.reason));
    if (instance.blame) add(fmt::format("blame: {}", to_string(*instance.blame)));
    add(frame_list(instance.frames));
    if (!instance.scope.call_id.empty()) add("Call-ID " + printable(instance.scope.call_id));
    if (!numbers.empty()) out_ += fmt::format("        {}\n", numbers);
  }

  void write_lists() {
    write_list(Verdict::pass, "Passed");
    write_list(Verdict::info, "For information");
    write_unexercised();
  }

  /// Of what write_lists() would list.
  void write_counts() {
    const auto all = counts(result_);
    std::string text;
    for (const auto& [verdict, word] :
         {std::pair(Verdict::pass, "passed"), std::pair(Verdict::info, "for information"),
          std::pair(Verdict::not_applicable, "not exercised")}) {
      const std::size_t count = all[static_cast<std::size_t>(verdict)];
      if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
    }
    if (!text.empty()) out_ += fmt::format("\n  {} (--verbose lists them)\n", text);
  }

  void write_list(Verdict verdict, std::string_view title) {
    const std::vector<Group> listed = groups(verdict, result_.devices.size() >= crowd);
    if (!listed.empty()) out_ += fmt::format("\n  {}\n", title);
    for (const Group& group : listed)
      out_ += fmt::format("    {:<18} {}\n", name_of(group), shortened(group));
  }

  std::string shortened(const Group& group) const {
    std::string text = printable(group.front()->worst().message);
    if (group.size() > 1) text = fmt::format("{}: {}", printable(group.front()->device), text);
    if (result_.fleet) return text;  // how many instances the others have was not kept
    std::size_t instances = 0;
    for (const Finding* finding : group) instances += finding->instances.total();
    if (instances > 1) text += fmt::format(" (and {} more)", instances - 1);
    return text;
  }

  void write_unexercised() {
    if (!result_.nothing_judged.empty()) return;  // that is all of them
    std::string ids;
    for (const Group& group : groups(Verdict::not_applicable, true)) {
      const bool is_everyone = size_of(group) >= result_.devices.size();
      const std::string id =
          is_everyone ? std::string(group.front()->requirement->id) : name_of(group);
      const std::size_t line = ids.size() - std::min(ids.size(), ids.rfind('\n') + 1);
      const bool wraps = line + id.size() + 2 > static_cast<std::size_t>(options_.width) - 4;
      ids += fmt::format("{}{}", ids.empty() ? "" : wraps ? ",\n    " : ", ", id);
    }
    if (!ids.empty()) out_ += fmt::format("\n  Not exercised\n    {}\n", ids);
  }

  void write_capture() {
    const CaptureInfo& capture = result_.capture;
    out_ += fmt::format("\n  Capture  {}, {}, {}", counted(capture.frames, "frame"),
                        counted(capture.sip_messages, "SIP message"), capture.health);
    if (!capture.source.empty()) out_ += fmt::format(", {}", capture.source);
    out_ += "\n";
    write_messages();
    if (!capture.note.empty()) out_ += fmt::format("           {}\n", printable(capture.note));
    for (const std::string& fault : capture.faults)
      out_ += fmt::format("           {}\n", printable(fault));
  }

  /// The page, and the frame of the failure that weighs most.
  void write_where_to_look() {
    if (options_.folder.empty()) return;
    const std::string folder = printable(options_.folder);
    out_ += fmt::format("  Report   {}/report.html\n", folder);
    const Finding* finding = chief(result_);
    if (finding != nullptr && !finding->worst().frames.empty())
      out_ += fmt::format("  Frame    wireshark -r {}/capture.pcap -g {}\n", folder,
                          finding->worst().frames.front());
  }

  void write_messages() {
    const MessageCounts& messages = result_.messages;
    if (messages.seen != messages.judged)
      out_ += fmt::format("           {} of {} judged\n", messages.judged,
                          counted(messages.seen, "SIP message"));
    for (const MessageCounts::LeftOut& some : messages.left_out)
      out_ += fmt::format("           {} left out: {}\n", some.count, printable(some.why));
    if (result_.devices.size() > 1 && result_.devices.size() < crowd)
      for (const DeviceInfo& device : result_.devices)
        out_ +=
            fmt::format("           {} judged of {}\n", device.messages, printable(device.name));
    write_remarks();
  }

  void write_remarks() {
    const CaptureInfo& capture = result_.capture;
    if (capture.keep_alives > 0)
      out_ += fmt::format("           {}\n", counted(capture.keep_alives, "keep-alive"));
    for (const std::string& remark : capture.remarks)
      out_ += fmt::format("           {}\n", printable(remark));
  }

  const Result& result_;
  const ConsoleOptions& options_;
  std::string out_;
};

}  // namespace

std::string console(const Result& result, const ConsoleOptions& options) {
  return Console(result, options).write();
}

}  // namespace reports
