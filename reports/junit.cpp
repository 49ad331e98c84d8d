// JUnit XML as CI servers read it: a testsuite a run, a testcase a finding. Inconclusive is an
// error (nobody knows), not applicable is skipped, warnings pass with their text as output.

#include <algorithm>
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

void add_case(pugi::xml_node suite, const Result& result, const Finding& finding) {
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("classname") =
      printable(fmt::format("{}.{}", full_name(result), finding.device)).c_str();
  test.append_attribute("name") = std::string(finding.requirement->id).c_str();
  const std::string message = printable(finding.worst().message);
  const auto add_outcome = [&](const char* element) {
    pugi::xml_node outcome = test.append_child(element);
    outcome.append_attribute("message") = message.c_str();
    outcome.text().set(details(finding).c_str());
  };
  switch (effective(result, finding)) {
    case Verdict::fail:
      return add_outcome("failure");
    case Verdict::inconclusive:
      return add_outcome("error");
    case Verdict::not_applicable:
      return add_outcome("skipped");
    case Verdict::warn:
    case Verdict::info:
      test.append_child("system-out").text().set(details(finding).c_str());
      return;
    case Verdict::pass:
      return;
  }
}

std::size_t count(const Result& result, Verdict verdict) {
  std::size_t found = 0;
  for (const Finding& finding : result.findings) found += effective(result, finding) == verdict;
  return found;
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

/// What was seen of SIP, and what of it was judged.
void add_properties(pugi::xml_node suite, const Result& result) {
  pugi::xml_node properties = suite.append_child("properties");
  const auto add = [&](const std::string& name, const auto& value) {
    pugi::xml_node property = properties.append_child("property");
    property.append_attribute("name") = name.c_str();
    property.append_attribute("value") = value;
  };
  add("sip_messages.seen", result.messages.seen);
  add("sip_messages.judged", result.messages.judged);
  for (const MessageCounts::LeftOut& some : result.messages.left_out)
    add("sip_messages.left_out", printable(fmt::format("{}: {}", some.count, some.why)).c_str());
  for (const DeviceInfo& device : result.devices)
    add("sip_messages.judged." + printable(device.name), device.messages);
  add("capture.health", printable(result.capture.health).c_str());
}

void add_suite(pugi::xml_node suites, const Result& result, bool is_aside) {
  const std::string trouble = is_aside ? std::string() : run_trouble(result);
  const std::size_t run_cases = trouble.empty() ? 0 : 1;
  pugi::xml_node suite = suites.append_child("testsuite");
  suite.append_attribute("name") = printable(full_name(result)).c_str();
  suite.append_attribute("tests") = result.findings.size() + run_cases;
  suite.append_attribute("failures") = count(result, Verdict::fail);
  suite.append_attribute("errors") = count(result, Verdict::inconclusive) + run_cases;
  suite.append_attribute("skipped") = count(result, Verdict::not_applicable);
  add_properties(suite, result);
  if (!trouble.empty()) {
    pugi::xml_node test = suite.append_child("testcase");
    test.append_attribute("classname") = printable(full_name(result)).c_str();
    test.append_attribute("name") = "run";
    test.append_child("error").append_attribute("message") = trouble.c_str();
  }
  for (const Finding& finding : result.findings) add_case(suite, result, finding);
}

}  // namespace

std::string junit(const std::vector<Result>& results) {
  pugi::xml_document document;
  pugi::xml_node suites = document.append_child("testsuites");
  suites.append_attribute("name") = "sipharness";
  const bool is_exercised = !std::ranges::all_of(results, is_not_exercised);
  for (const Result& result : results)
    add_suite(suites, result, is_exercised && is_not_exercised(result));
  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

}  // namespace reports
