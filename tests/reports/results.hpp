#pragma once
// Results for tests of reports: a finding with every piece of evidence, and the least of one.

#include <string>
#include <utility>
#include <vector>

#include "harness/check/checks.hpp"
#include "harness/verdict/result.hpp"

namespace reports {

using sipharness::Duration;
using sipharness::verdict::Batch;
using sipharness::verdict::Blame;
using sipharness::verdict::CaptureInfo;
using sipharness::verdict::DeviceInfo;
using sipharness::verdict::Finding;
using sipharness::verdict::Instance;
using sipharness::verdict::Result;
using sipharness::verdict::shared;
using sipharness::verdict::Tolerance;
using sipharness::verdict::Verdict;
using namespace std::chrono_literals;
using namespace std::string_literals;

/// What a hostile device might call itself: an escape sequence, a C1 control, broken UTF-8, what
/// JSON and XML quote, and a character that XML forbids.
inline const std::string hostile =
    "\x1b[31m\x00\x07\xc2\x9b\xff\xfe\"'\\<&>]]>\r\n\x7f\xef\xbf\xbf"s;

inline Instance instance(Verdict verdict, std::string message) {
  Instance made;
  made.verdict = verdict;
  made.message = std::move(message);
  return made;
}

/// The INVITE that reached the secondary too late, as a check tells of it.
inline Instance late_fallback() {
  Instance late = instance(Verdict::fail, "fallback: 40.000 s (expected 0.500 s to 32.200 s)");
  late.measured = shared({.interval = 40s,
                          .window = {.min = 500ms, .max = 32200ms, .min_open = true},
                          .margin = -7800ms,
                          .tolerance = Tolerance{200ms, "profile reference: fo_grace"}});
  late.scope = {"primary", "abc@phone"};
  late.frames = {41, 55};
  return late;
}

inline Finding finding(std::string_view requirement, std::vector<Instance> instances) {
  return {sipharness::check::find_requirement(requirement), "phone", std::move(instances)};
}

/// A run of the flagship with these findings and a capture without holes.
inline Result result_of(std::vector<Finding> findings) {
  Result result;
  result.scenario = "primary_down";
  result.title = "The primary falls silent";
  result.clock = "virtual";
  result.seed = 7;
  result.devices = {DeviceInfo{"phone", "reference", "reference", "sipharness-ua/1"}};
  result.capture = CaptureInfo{.file = "capture.pcap",
                               .frames = 84,
                               .sip_messages = 80,
                               .health = "complete",
                               .vantage = "device",
                               .note = {},
                               .source = "simulated",
                               .faults = {}};
  result.messages = {.seen = 80, .judged = 79, .left_out = {{1, "a stranger"}}};
  for (const Finding& one : findings) result.expected.emplace_back(one.requirement->id);
  result.findings = std::move(findings);
  return result;
}

/// One finding of each verdict.
inline std::vector<Finding> one_of_each() {
  return {finding("GRP-CALL-01", {instance(Verdict::pass, "the call went through")}),
          finding("GRP-CALL-03", {late_fallback()}),
          finding("GRP-CALL-04", {instance(Verdict::inconclusive, "no second call")}),
          finding("GRP-CALL-05", {instance(Verdict::not_applicable, "not exercised")}),
          finding("FO-DET-REG", {instance(Verdict::info, "outage seen after 32.000 s")}),
          finding("FO-NODUP", {instance(Verdict::warn, "two calls at once")})};
}

}  // namespace reports
