// JUnit XML as CI servers read it: a testsuite a scenario, a testcase a requirement that was
// judged. Inconclusive is an error (nobody knows), warnings pass with their text as output. Of what
// passed stands there what the scenario names; the counts of all are a property.

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "reports/report.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using namespace sipharness::verdict;

Verdict effective(const Result& result, const Finding& finding) {
  const bool counts_as_failure = finding.verdict() == Verdict::warn && result.strict;
  return counts_as_failure ? Verdict::fail : finding.verdict();
}

std::string details(const Finding& finding) {
  std::string text;
  for (const Instance& instance : finding.instances)
    text += fmt::format("{}: {} ({})\n", to_string(instance.verdict), printable(instance.message),
                        frame_list(instance.frames));
  return text;
}

bool is_shown(const Result& result, const Finding& finding) {
  switch (finding.verdict()) {
    case Verdict::not_applicable:
    case Verdict::info:
      return false;
    case Verdict::pass:
      return is_expected(result, finding);
    default:
      return true;
  }
}

/// The names of suites: those of a scenario that was to run more than once tell their seeds.
class SuiteNames {
 public:
  explicit SuiteNames(const Batch& batch) {
    for (const Result& result : batch.results) ++runs_[full_name(result)];
    for (const NotRun& one : batch.not_run)
      ++runs_[one.scenario.substr(0, one.scenario.find(" (seed "))];
  }

  std::string of(const Result& result) const {
    const std::string name = full_name(result);
    const bool is_repeated = runs_.at(name) > 1 && !name.empty();
    return printable(is_repeated ? fmt::format("{} (seed {})", name, result.seed) : name);
  }

 private:
  std::map<std::string, std::size_t> runs_;
};

pugi::xml_node add_case(pugi::xml_node suite, const std::string& classname, std::string_view name) {
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("classname") = classname.c_str();
  test.append_attribute("name") = std::string(name).c_str();
  return test;
}

pugi::xml_node add_outcome(pugi::xml_node test, const char* element, const std::string& message) {
  pugi::xml_node outcome = test.append_child(element);
  outcome.append_attribute("message") = message.c_str();
  return outcome;
}

void add_case(pugi::xml_node suite, const Result& result, const Finding& finding) {
  const std::string classname =
      fmt::format("{}.{}", suite.attribute("name").value(), printable(finding.device));
  pugi::xml_node test = add_case(suite, classname, finding.requirement->id);
  const std::string message = printable(finding.worst().message);
  const auto add = [&](const char* element) {
    pugi::xml_node outcome = add_outcome(test, element, message);
    outcome.append_attribute("type") = std::string(to_string(finding.verdict())).c_str();
    outcome.text().set(details(finding).c_str());
  };
  switch (effective(result, finding)) {
    case Verdict::fail:
      return add("failure");
    case Verdict::inconclusive:
      return add("error");
    case Verdict::warn:
      test.append_child("system-out").text().set(details(finding).c_str());
      return;
    default:
      return;
  }
}

/// What keeps the whole run from a verdict, whatever its findings say; empty if nothing does.
std::string run_trouble(const Result& result) {
  if (result.interrupted) return "interrupted: judged as far as it was seen";
  if (!result.stopped.empty()) return "timeline stopped at " + printable(result.stopped);
  if (!result.capture.faults.empty()) return printable(result.capture.faults.front());
  if (!result.nothing_judged.empty())
    return "nothing was judged: " + printable(result.nothing_judged);
  return {};
}

class Properties {
 public:
  explicit Properties(pugi::xml_node suite) : node_(suite.append_child("properties")) {}

  void add(const std::string& name, const auto& value) {
    pugi::xml_node property = node_.append_child("property");
    property.append_attribute("name") = name.c_str();
    property.append_attribute("value") = value;
  }
  void add_text(const std::string& name, const std::string& text) {
    if (!text.empty()) add(name, printable(text).c_str());
  }

 private:
  pugi::xml_node node_;
};

/// Which firmware was judged, and with what.
void add_device(Properties& properties, const DeviceInfo& device) {
  const std::string prefix = printable(device.name) + ".";
  properties.add_text(prefix + "device", device.kind);
  properties.add_text(prefix + "profile", device.profile);
  properties.add_text(prefix + "user_agent", device.user_agent);
  properties.add_text(prefix + "mac", device.mac);
  properties.add(prefix + "sip_messages", device.messages);
}

void add_properties(pugi::xml_node suite, const Result& result) {
  Properties properties(suite);
  properties.add_text("harness", result.harness);
  properties.add_text("clock", result.clock);
  properties.add("seed", result.seed);
  for (const DeviceInfo& device : result.devices) add_device(properties, device);
  properties.add("sip_messages.seen", result.messages.seen);
  properties.add("sip_messages.judged", result.messages.judged);
  for (const MessageCounts::LeftOut& some : result.messages.left_out)
    properties.add_text("sip_messages.left_out", fmt::format("{}: {}", some.count, some.why));
  properties.add_text("capture.health", result.capture.health);
  properties.add_text("findings", count_line(result));
}

/// How many testcases there are, by what they hold.
struct Tally {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;

  void add(Verdict verdict) {
    ++tests;
    failures += verdict == Verdict::fail;
    errors += verdict == Verdict::inconclusive;
  }
  Tally& operator+=(const Tally& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    return *this;
  }
  void write(pugi::xml_node node) const {
    node.append_attribute("tests") = tests;
    node.append_attribute("failures") = failures;
    node.append_attribute("errors") = errors;
    node.append_attribute("skipped") = skipped;
  }
};

std::string seconds_text(sipharness::Duration d) {
  return fmt::format("{:.3f}", sipharness::to_seconds(d));
}

/// xs:dateTime as Ant has it: without zone and fraction.
std::string timestamp(const Result& result) {
  return sipharness::format_utc(result.started.value_or(sipharness::CaptureTime())).substr(0, 19);
}

Tally tally_of(const Result& result, const std::string& trouble) {
  Tally tally;
  if (!trouble.empty()) tally.add(Verdict::inconclusive);
  for (const Finding& finding : result.findings)
    if (is_shown(result, finding)) tally.add(effective(result, finding));
  return tally;
}

/// `trouble` of the run as a whole; empty: none.
Tally add_suite(pugi::xml_node suites, const std::string& name, const Result& result,
                const std::string& trouble) {
  const Tally tally = tally_of(result, trouble);
  pugi::xml_node suite = suites.append_child("testsuite");
  suite.append_attribute("name") = name.c_str();
  tally.write(suite);
  suite.append_attribute("time") = seconds_text(result.length).c_str();
  if (result.started) suite.append_attribute("timestamp") = timestamp(result).c_str();
  add_properties(suite, result);
  if (!trouble.empty()) add_outcome(add_case(suite, name, "run"), "error", trouble);
  for (const Finding& finding : result.findings)
    if (is_shown(result, finding)) add_case(suite, result, finding);
  return tally;
}

/// What could not run is an error.
Tally add_suite(pugi::xml_node suites, const NotRun& one) {
  const bool is_error = one.kind == NotRun::Kind::could_not;
  Tally tally{.tests = 1};
  (is_error ? tally.errors : tally.skipped) = 1;
  pugi::xml_node suite = suites.append_child("testsuite");
  suite.append_attribute("name") = printable(one.scenario).c_str();
  tally.write(suite);
  const pugi::xml_node test = add_case(suite, printable(one.scenario), "run");
  add_outcome(test, is_error ? "error" : "skipped", printable(one.why));
  return tally;
}

}  // namespace

std::string junit(const Batch& batch) {
  pugi::xml_document document;
  pugi::xml_node suites = document.append_child("testsuites");
  suites.append_attribute("name") = "sipharness";
  const bool is_exercised = !std::ranges::all_of(batch.results, is_not_exercised);
  const SuiteNames names(batch);
  Tally all;
  sipharness::Duration length{};
  for (const Result& result : batch.results) {
    const bool is_aside = is_exercised && is_not_exercised(result);
    all += add_suite(suites, names.of(result), result, is_aside ? "" : run_trouble(result));
    length += result.length;
  }
  for (const NotRun& one : batch.not_run) all += add_suite(suites, one);
  all.write(suites);
  suites.remove_attribute("skipped");
  suites.append_attribute("time") = seconds_text(length).c_str();
  std::ostringstream out;
  document.save(out, "");
  return out.str();
}

}  // namespace reports
