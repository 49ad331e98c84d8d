// The report for a person at a terminal: the verdict, what went wrong with its numbers, what
// passed.

#include <algorithm>
#include <array>

#include <fmt/color.h>
#include <fmt/format.h>

#include "reports/report.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using sipharness::Duration;
using sipharness::format_seconds;
using namespace sipharness::verdict;

struct Look {
  std::string_view word;
  fmt::color colour;
};

Look look_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return {"PASS", fmt::color::green};
    case Verdict::fail:
      return {"FAIL", fmt::color::red};
    case Verdict::warn:
      return {"WARN", fmt::color::orange};
    case Verdict::inconclusive:
      return {"INCONCLUSIVE", fmt::color::medium_purple};
    case Verdict::info:
      return {"INFO", fmt::color::steel_blue};
    case Verdict::not_applicable:
      return {"N/A", fmt::color::gray};
  }
  return {"?", fmt::color::gray};
}

class Console {
 public:
  Console(const Result& result, const ConsoleOptions& options)
      : result_(result), options_(options) {}

  std::string write() {
    write_verdict();
    if (options_.quiet) return out_;
    for (const Verdict verdict : {Verdict::fail, Verdict::inconclusive, Verdict::warn})
      for (const Finding& finding : result_.findings)
        if (finding.verdict() == verdict) write_in_full(finding);
    write_list(Verdict::pass, "Passed");
    write_list(Verdict::info, "For information");
    write_unexercised();
    write_capture();
    return out_;
  }

 private:
  std::string painted(Verdict verdict, std::string_view text) const {
    if (!options_.colour) return std::string(text);
    return fmt::format(fmt::fg(look_of(verdict).colour) | fmt::emphasis::bold, "{}", text);
  }

  void write_verdict() {
    const Verdict verdict = overall(result_);
    const std::string name = result_.scenario.empty() ? result_.capture.file : full_name(result_);
    out_ += fmt::format("{}  {}", painted(verdict, look_of(verdict).word), printable(name));
    if (!result_.clock.empty())
      out_ += fmt::format("  ({} clock, seed {})", result_.clock, result_.seed);
    out_ += fmt::format("  {}\n", count_line(result_));
    if (options_.quiet) return;
    if (!result_.title.empty()) out_ += fmt::format("      {}\n", printable(result_.title));
    if (!result_.stopped.empty())
      out_ += fmt::format("      the timeline stopped: {}\n", printable(result_.stopped));
    for (const std::string& note : result_.notes)
      out_ += fmt::format("      note: {}\n", printable(note));
    if (result_.interrupted) out_ += "      interrupted: judged as far as it was seen\n";
  }

  /// With the device where there are several.
  std::string name_of(const Finding& finding) const {
    const std::string_view id = finding.requirement->id;
    return result_.devices.size() < 2 ? std::string(id)
                                      : fmt::format("{} ({})", id, printable(finding.device));
  }

  void write_in_full(const Finding& finding) {
    const Requirement& requirement = *finding.requirement;
    out_ += fmt::format("\n  {}  {}  {}  [{}]\n",
                        painted(finding.verdict(), look_of(finding.verdict()).word),
                        name_of(finding), requirement.sentence, requirement.clause);
    constexpr std::size_t most = 5;
    const auto worth_telling = static_cast<std::size_t>(
        std::ranges::count(finding.instances, finding.verdict(), &Instance::verdict));
    for (std::size_t i = 0; i < std::min(most, worth_telling); ++i)
      write_instance(finding.instances[i]);
    if (worth_telling > most)
      out_ += fmt::format("        … and {} more like this\n", worth_telling - most);
  }

  void write_instance(const Instance& instance) {
    out_ += fmt::format("        {}\n", printable(instance.message));
    std::string numbers;
    const auto add = [&numbers](std::string text) {
      if (text.empty()) return;
      numbers += (numbers.empty() ? "" : " · ") + std::move(text);
    };
    if (instance.margin) add(fmt::format("margin {}", format_seconds(*instance.margin)));
    if (instance.tolerance)
      add(fmt::format("tolerance {} ({})", format_seconds(instance.tolerance->value),
                      instance.tolerance->source));
    if (instance.reason && *instance.reason != instance.message) add(printable(*instance.reason));
    if (instance.blame) add(fmt::format("blame: {}", to_string(*instance.blame)));
    add(frame_list(instance.frames));
    if (!instance.scope.call_id.empty()) add("Call-ID " + printable(instance.scope.call_id));
    if (!numbers.empty()) out_ += fmt::format("        {}\n", numbers);
  }

  void write_list(Verdict verdict, std::string_view title) {
    bool titled = false;
    for (const Finding& finding : result_.findings) {
      if (finding.verdict() != verdict) continue;
      if (!titled) out_ += fmt::format("\n  {}\n", title);
      titled = true;
      out_ += fmt::format("    {:<18} {}\n", name_of(finding), shortened(finding));
    }
  }

  std::string shortened(const Finding& finding) const {
    std::string text = printable(finding.worst().message);
    if (finding.instances.size() > 1)
      text += fmt::format(" (and {} more)", finding.instances.size() - 1);
    return text;
  }

  void write_unexercised() {
    std::string ids;
    for (const Finding& finding : result_.findings) {
      if (finding.verdict() != Verdict::not_applicable) continue;
      const std::string_view id = finding.requirement->id;
      const std::size_t line = ids.size() - std::min(ids.size(), ids.rfind('\n') + 1);
      const bool wraps = line + id.size() + 2 > static_cast<std::size_t>(options_.width) - 4;
      ids += fmt::format("{}{}", ids.empty() ? "" : wraps ? ",\n    " : ", ", id);
    }
    if (!ids.empty()) out_ += fmt::format("\n  Not exercised\n    {}\n", ids);
  }

  void write_capture() {
    const CaptureInfo& capture = result_.capture;
    out_ += fmt::format("\n  Capture  {} frames, {} SIP messages, {}", capture.frames,
                        capture.sip_messages, capture.health);
    if (!capture.source.empty()) out_ += fmt::format(", {}", capture.source);
    out_ += "\n";
    if (!capture.note.empty()) out_ += fmt::format("           {}\n", printable(capture.note));
    for (const std::string& fault : capture.faults)
      out_ += fmt::format("           {}\n", printable(fault));
    if (!options_.folder.empty()) out_ += fmt::format("  Folder   {}\n", options_.folder);
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
