#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/check/checks.hpp"
#include "reports/report.hpp"
#include "tests/reports/results.hpp"

namespace reports {
namespace {

using Json = nlohmann::json;
using nlohmann::json_pointer;

Json parsed(const Result& result) {
  return Json::parse(json(result));
}

struct Field {
  std::string pointer;
  Json value;
};

/// Name, type and value: 1 is not 1.0 and not "1" here.
void expect_fields(const Json& document, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    SCOPED_TRACE(field.pointer);
    const json_pointer<std::string> pointer(field.pointer);
    ASSERT_TRUE(document.contains(pointer));
    const Json& found = document[pointer];
    EXPECT_EQ(found.is_number_float(), field.value.is_number_float());
    EXPECT_EQ(found, field.value);
  }
}

TEST(ResultJson, has_every_field_of_its_format_by_name_and_type) {
  expect_fields(parsed(result_of(one_of_each())),
                {{"/format", "sipharness-result/1"},
                 {"/scenario", "primary_down"},
                 {"/variant", nullptr},
                 {"/clock", "virtual"},
                 {"/seed", 7},
                 {"/verdict", "fail"},
                 {"/counts/pass", 1},
                 {"/counts/warn", 1},
                 {"/counts/fail", 1},
                 {"/counts/inconclusive", 1},
                 {"/counts/not_applicable", 1},
                 {"/counts/info", 1},
                 {"/devices",
                  {{{"name", "phone"},
                    {"kind", "reference"},
                    {"profile", "reference"},
                    {"user_agent", "sipharness-ua/1"},
                    {"mac", nullptr},
                    {"messages", 0},
                    {"account", nullptr},
                    {"addresses", Json::array()}}}},
                 {"/roles", Json::array()},
                 {"/messages/seen", 80},
                 {"/messages/judged", 79},
                 {"/messages/left_out", {{{"count", 1}, {"why", "a stranger"}}}},
                 {"/nothing_judged", nullptr},
                 {"/capture/remarks", Json::array()},
                 {"/capture/keep_alives", 0},
                 {"/capture/file", "capture.pcap"},
                 {"/capture/frames", 84},
                 {"/capture/sip_messages", 80},
                 {"/capture/health", "complete"},
                 {"/capture/vantage", "device"},
                 {"/capture/faults", Json::array()}});
}

TEST(ResultJson, says_who_is_who_and_how_that_is_known) {
  Result result;
  result.roles = {{.role = "primary",
                   .endpoint = "192.0.2.10:5060",
                   .known_from = "inferred",
                   .why = "calls begin there"},
                  {.role = "device",
                   .endpoint = "192.0.2.50:5060",
                   .known_from = "profile",
                   .device = "phone",
                   .account = "1001"}};
  expect_fields(parsed(result), {{"/roles/0/role", "primary"},
                                 {"/roles/0/endpoint", "192.0.2.10:5060"},
                                 {"/roles/0/device", nullptr},
                                 {"/roles/0/known_from", "inferred"},
                                 {"/roles/0/why", "calls begin there"},
                                 {"/roles/1/device", "phone"},
                                 {"/roles/1/account", "1001"},
                                 {"/roles/1/user_agent", nullptr},
                                 {"/roles/1/why", nullptr}});
}

TEST(ResultJson, gives_a_finding_with_all_its_evidence) {
  const Json document = parsed(result_of({finding("GRP-CALL-03", {late_fallback()})}));
  const auto* requirement = sipharness::check::find_requirement("GRP-CALL-03");
  expect_fields(document["findings"][0],
                {{"/requirement", "GRP-CALL-03"},
                 {"/device", "phone"},
                 {"/clause", requirement->clause},
                 {"/severity", to_string(requirement->severity)},
                 {"/verdict", "fail"},
                 {"/window", {{"min_s", 0.5}, {"max_s", 32.2}, {"min_open", true}}},
                 {"/measured_s", 40.0},
                 {"/margin_s", -7.8},
                 {"/tolerance", {{"value_s", 0.2}, {"source", "profile reference: fo_grace"}}},
                 {"/reason", nullptr},
                 {"/blame", nullptr},
                 {"/scope", {{"server", "primary"}, {"call_id", "abc@phone"}}},
                 {"/frames", {41, 55}},
                 {"/instances", 1},
                 {"/message", "fallback: 40.000 s (expected 0.500 s to 32.200 s)"}});
}

TEST(ResultJson, has_null_where_there_is_nothing) {
  const Json document =
      parsed(result_of({finding("GRP-CALL-01", {instance(Verdict::pass, "fine")})}));
  expect_fields(document["findings"][0], {{"/window", nullptr},
                                          {"/measured_s", nullptr},
                                          {"/margin_s", nullptr},
                                          {"/tolerance", nullptr},
                                          {"/reason", nullptr},
                                          {"/blame", nullptr},
                                          {"/scope", {{"server", nullptr}, {"call_id", nullptr}}},
                                          {"/frames", Json::array()}});
  expect_fields(parsed(Result{}), {{"/scenario", nullptr},
                                   {"/variant", nullptr},
                                   {"/stopped", nullptr},
                                   {"/clock", nullptr},
                                   {"/notes", Json::array()},
                                   {"/devices", Json::array()},
                                   {"/findings", Json::array()}});
}

TEST(ResultJson, says_why_a_finding_is_inconclusive_and_whose_doing_it_is) {
  Instance inconclusive = instance(Verdict::inconclusive, "fallback: 32.100 s");
  inconclusive.reason = "the host was 0.3 s late";
  inconclusive.blame = Blame::host;
  inconclusive.measured =
      shared({.interval = 32100ms, .window = {.max = 32200ms, .max_open = true}});
  expect_fields(parsed(result_of({finding("GRP-CALL-03", {inconclusive})})),
                {{"/verdict", "inconclusive"},
                 {"/findings/0/reason", "the host was 0.3 s late"},
                 {"/findings/0/blame", "host"},
                 {"/findings/0/window", {{"max_s", 32.2}, {"max_open", true}}}});
}

TEST(ResultJson, lists_the_instances_behind_the_worst) {
  const Json document = parsed(result_of(
      {finding("GRP-CALL-03", {late_fallback(), instance(Verdict::pass, "the second call")})}));
  expect_fields(document["findings"][0], {{"/verdict", "fail"},
                                          {"/instances", 2},
                                          {"/other_instances/0/verdict", "pass"},
                                          {"/other_instances/0/message", "the second call"}});
}

TEST(ResultJson, counts_a_warning_as_failure_only_when_strict) {
  Result result = result_of({finding("FO-NODUP", {instance(Verdict::warn, "twice")})});
  expect_fields(parsed(result), {{"/verdict", "pass"}, {"/strict", false}});
  result.strict = true;
  expect_fields(parsed(result), {{"/verdict", "fail"}, {"/strict", true}, {"/counts/warn", 1}});
}

TEST(ResultJson, keeps_a_seed_of_64_bits) {
  Result result = result_of({});
  result.seed = 18'446'744'073'709'551'615U;
  expect_fields(parsed(result), {{"/seed", result.seed}});
}

TEST(ResultJson, is_not_broken_by_what_a_device_calls_itself) {
  Result result = result_of({finding("GRP-CALL-01", {instance(Verdict::pass, hostile)})});
  result.devices.front().user_agent = hostile;
  result.capture.faults = {hostile};
  const std::string text = json(result);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  const Json document = Json::parse(text);
  const std::string readable = document["devices"][0]["user_agent"];
  EXPECT_EQ(readable.substr(0, 5), "\x1b[31m");
  EXPECT_NE(readable.find("\"'\\<&>]]>\r\n"), std::string::npos);
  EXPECT_EQ(document["findings"][0]["message"], readable);
}

TEST(ResultJson, of_a_batch_has_one_shape_for_one_and_for_many) {
  const Result first = result_of(one_of_each());
  Result second = result_of({});
  second.variant = "b";
  EXPECT_EQ(Json::parse(json(Batch{{first, second}}))["results"],
            Json::array({parsed(first), parsed(second)}));
  const Json one = Json::parse(json(Batch{{second}, {{"other", "interrupted"}}}));
  EXPECT_EQ(one["results"], Json::array({parsed(second)}));
  EXPECT_EQ(one["verdict"], "inconclusive") << "of another scenario nothing is known";
  EXPECT_EQ(one["not_run"][0]["scenario"], "other");
  EXPECT_EQ(Json::parse(json(Batch{}))["results"], Json::array());
}

TEST(ResultJson, says_which_phone_was_judged_by_which_harness_and_when) {
  Result result = result_of({});
  result.harness = "0.1.0";
  result.started = sipharness::CaptureTime(1'704'067'200'250ms);
  result.length = 210s;
  result.devices.front().mac = "c074ad0d1234";
  expect_fields(parsed(result), {{"/harness", "0.1.0"},
                                 {"/started", "2024-01-01T00:00:00.250Z"},
                                 {"/length_s", 210.0},
                                 {"/devices/0/mac", "c074ad0d1234"}});
}

}  // namespace
}  // namespace reports
