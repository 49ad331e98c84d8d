#include "harness/campaign/results.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/check/checks.hpp"
#include "reports/report.hpp"

namespace sipharness::campaign {
namespace {

using namespace verdict;
using testing::HasSubstr;

Instance measured_instance() {
  return {.verdict = Verdict::fail,
          .message = "fallback: 40.000 s",
          .measured = shared({.interval = 40s,
                              .window = {.min = 500ms, .max = 32'200ms, .max_open = true},
                              .margin = -7'800ms,
                              .tolerance = Tolerance{200ms, "profile reference: fo_grace"}}),
          .scope = {"primary", "a@b"},
          .frames = {41, 55}};
}

Fleet full_fleet() {
  return {.devices = 300,
          .rows = {{check::find_requirement("GRP-CALL-03"), {1, 0, 290, 0, 0, 9}}},
          .storms = {{.server = "primary",
                      .registers = {300, 0, 12},
                      .down_at = 10s,
                      .up_at = std::nullopt,
                      .waits = {.count = 2, .min = 1s, .median = 1s, .p95 = 3s, .max = 3s},
                      .back = {},
                      .not_back = 4,
                      .lapsed = 5}},
          .calls_to_silent_primary = 7,
          .calls_moved = 6};
}

/// A result that uses every field that a file has.
Result full_result() {
  Result result;
  result.harness = "0.1.0";
  result.started = CaptureTime(1'700'000'000'123ms);
  result.length = 210s;
  result.scenario = "primary_down";
  result.variant = "b";
  result.title = "The primary is lost";
  result.clock = "virtual";
  result.seed = 7;
  result.stopped = "hang_up at 30s: no call";
  result.notes = {"a note"};
  result.before = ControlRun{.ok = false, .reason = "not well", .blame = Blame::device};
  result.after = ControlRun{};
  result.lag = HostLag{3ms, 20s};
  result.devices = {{.name = "phone",
                     .kind = "external",
                     .profile = "grp",
                     .user_agent = "GRP 1",
                     .account = "1001",
                     .addresses = {"192.0.2.3"},
                     .mac = "c074ad0d1234",
                     .messages = 12}};
  result.roles = {{.role = "device",
                   .endpoint = "192.0.2.3:5060",
                   .known_from = "inferred",
                   .why = "it registers",
                   .device = "phone",
                   .account = "1001",
                   .user_agent = "GRP 1"}};
  result.capture = {.file = "capture.pcap",
                    .frames = 90,
                    .sip_messages = 60,
                    .health = "complete",
                    .vantage = "device",
                    .note = "no live capture",
                    .source = "tap",
                    .faults = {},
                    .remarks = {"a remark"},
                    .keep_alives = 3};
  result.messages = {.seen = 60, .judged = 50, .left_out = {{10, "of strangers"}}};
  Instance open = measured_instance();
  open.verdict = Verdict::inconclusive;
  open.reason = "the host was late";
  open.blame = Blame::host;
  Finding finding{.requirement = check::find_requirement("GRP-CALL-03"),
                  .device = "phone",
                  .instances = {measured_instance(), open}};
  finding.instances.set_total(5);
  finding.follows_from = "FO-DET-REG";
  result.findings = {finding};
  result.fleet = full_fleet();
  return result;
}

TEST(Results, are_read_as_they_were_written) {
  const std::string one = reports::json(full_result());
  const auto read = parse_results(one, "result.json");
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->batch.results.size(), 1U);
  EXPECT_EQ(reports::json(read->batch.results.front()), one);

  const std::string many = reports::json(
      Batch{{full_result(), full_result()},
            {{.scenario = "outage", .why = "no port", .kind = NotRun::Kind::could_not}}});
  const auto all = parse_results(many, "results.json");
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_EQ(reports::json(all->batch), many);
}

std::string with(std::string text, const std::string& old, const std::string& other) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), other);
}

TEST(Results, of_another_version_may_name_requirements_of_their_own) {
  const std::string in_fleet = with(reports::json(full_result()), "GRP-CALL-03", "GRP-NEW-99");
  const std::string text = with(in_fleet, "GRP-CALL-03", "GRP-NEW-99");
  const auto read = parse_results(text, "result.json");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->batch.results.front().findings.front().requirement->id, "GRP-NEW-99");
  EXPECT_EQ(reports::json(read->batch.results.front()), text);
}

struct Broken {
  const char* old;
  const char* other;
  const char* said;
};

TEST(Results, that_are_none_are_refused_with_their_place) {
  const std::string text = reports::json(full_result());
  for (const auto& [old, other, said] : std::initializer_list<Broken>{
           {"sipharness-result/1", "sipharness-result/9", "must be sipharness-result/1"},
           {"\"seed\": 7", "\"seed\": -7", "whole number"},
           {"\"seed\": 7", "\"seed\": \"7\"", "must be a number, found a string"},
           {"\"seed\": 7,", "", "\"seed\" is missing"},
           {"\"verdict\": \"fail\"", "\"verdict\": \"pass\"", "is not what its findings come to"},
           {"\"measured_s\": 40.0", "\"measured_s\": 1e300", "no number of seconds"},
           {"\"blame\": \"host\"", "\"blame\": \"nobody\"", "is no value of it"},
           {"\"primary\",\n        \"call_id\"", "\"third\",\n        \"call_id\"",
            "is no value of it"},
           {"2023-11-14T22:13:20.123Z", "yesterday", "is no time"},
           {"\"frames\": [", "\"frames\": [-1,", "whole number"}}) {
    const auto read = parse_results(with(text, old, other), "result.json");
    ASSERT_FALSE(read) << other;
    EXPECT_THAT(read.error().text(), HasSubstr(said));
    EXPECT_THAT(read.error().place, testing::StartsWith("result.json:"));
  }
  EXPECT_FALSE(parse_results("", "empty.json"));
  EXPECT_FALSE(parse_results("[]", "array.json"));
}

}  // namespace
}  // namespace sipharness::campaign
