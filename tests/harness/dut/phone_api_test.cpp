// What the replies of a phone's web interface mean, and what is said where they mean trouble.

#include "harness/dut/phone/phone_api.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/dut/phone/action_url.hpp"

namespace sipharness::dut {
namespace {

using host::HttpFailure;
using host::HttpOutcome;
using host::HttpResponse;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using namespace std::chrono_literals;

Expected<json::Value> read(const HttpOutcome& outcome,
                           std::string_view function = "api-phone_operation") {
  return read_phone_reply(
      {function, *Endpoint::parse("192.0.2.50:80"), *IpAddress::parse("192.0.2.1"), 5s}, outcome);
}

HttpResponse reply(std::string body, int status = 200) {
  return {status, "application/json", std::move(body)};
}

std::string error_of(const Expected<json::Value>& result) {
  return result ? "no error" : result.error().text();
}

TEST(PhoneReply, is_the_body_of_a_success) {
  EXPECT_TRUE(read(reply(R"({"response":"success","body":true})"))->boolean);
  EXPECT_TRUE(read(reply(R"({"response":"success"})")).has_value());
}

TEST(PhoneReply, names_the_remedy_of_what_went_wrong) {
  struct Case {
    HttpOutcome outcome;
    const char* function;
    const char* says;
  };
  const Case cases[] = {
      {tl::unexpected(HttpFailure::refused), "api-make_call", "P1650"},
      {tl::unexpected(HttpFailure::unreachable), "api-make_call", "--phone-address"},
      {tl::unexpected(HttpFailure::timed_out), "api-make_call", "P32051=0"},
      {tl::unexpected(HttpFailure::not_http), "api-make_call", "no web server"},
      {tl::unexpected(HttpFailure::too_large), "api-make_call", "larger"},
      {tl::unexpected(HttpFailure::cut_off), "api-make_call", "P32052"},
      {reply("", 401), "api-make_call", "wrong passcode"},
      {reply("", 403), "api-make_call", "P32052) does not name 192.0.2.1"},
      {reply("", 404), "api-make_call", "P32050=1"},
      {reply("", 500), "api-make_call", "HTTP 500"},
      {reply("<html>hello</html>"), "api-make_call", "P32050=1"},
      {reply("{}"), "api-make_call", "not that of a GRP26xx"},
      {reply("[1"), "api-make_call", "not that of a GRP26xx"},
      {reply(R"({"response":7})"), "api-make_call", "not that of a GRP26xx"},
      {reply(R"({"response":"error","body":"unknown"})"), "api-sys_operation", "firmware lacks it"},
      {reply(R"({"response":"error","body":false})"), "api-get_accounts", "wrong passcode (its"},
      {reply(R"({"response":"error","body":false})"), "api-phone_operation",
       "no call in the state"},
  };
  for (const Case& one : cases)
    EXPECT_THAT(error_of(read(one.outcome, one.function)),
                AllOf(StartsWith(std::string("phone 192.0.2.50:80: ") + one.function),
                      HasSubstr(one.says)));
}

TEST(PhoneReply, is_never_quoted) {
  const std::string echo = "GET /cgi-bin/x?passcode=hunter2";
  EXPECT_THAT(error_of(read(reply(echo))), testing::Not(HasSubstr("hunter2")));
  EXPECT_THAT(error_of(read(reply(R"({"response":"error","body":"hunter2"})"))),
              testing::Not(HasSubstr("hunter2")));
}

TEST(PhoneReply, tells_lines_and_accounts) {
  const auto lines = read(
      reply(R"({"response":"success","body":[{"line":1,"state":"idle"},{"state":"onhold"}]})"));
  EXPECT_EQ(busiest_line(*lines), "onhold");
  EXPECT_EQ(busiest_line(json::Value{}), "idle");
  const auto on =
      read(reply(R"({"response":"success","body":[{"id":1,"sip_id":"1001","reg":1}]})"));
  const auto off =
      read(reply(R"({"response":"success","body":[{"id":1,"sip_id":"1001","reg":0}]})"));
  EXPECT_TRUE(is_registered(*on));
  EXPECT_FALSE(is_registered(*off));
  EXPECT_FALSE(is_registered(json::Value{}));
}

TEST(ActionUrl, tells_event_and_what_the_phone_filled_in) {
  const auto report = parse_action_url(
      "/action/establishedCall?mac=c074ad000001&remote=John%20Doe&local=$local&call=&x");
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->event, "establishedCall");
  EXPECT_EQ(report->details, "mac=c074ad000001 remote=John Doe");
  EXPECT_EQ(parse_action_url("/action/registered")->details, "");
}

TEST(ActionUrl, is_bounded_and_printable) {
  const auto report = parse_action_url("/action/e?a=%0a%1b[31m&b=" + std::string(5000, 'x'));
  ASSERT_TRUE(report.has_value());
  EXPECT_THAT(report->details, AllOf(SizeIs(300), StartsWith("a=??[31m b=x")));
}

TEST(ActionUrl, is_nothing_else) {
  for (const std::string& target :
       {std::string("/"), std::string("/action"), std::string("/action/"),
        std::string("/action/?a=b"), std::string("/action/../x"), std::string("/action/a/b"),
        std::string("/cfg.xml"), "/action/" + std::string(41, 'a')})
    EXPECT_FALSE(parse_action_url(target).has_value()) << target;
}

}  // namespace
}  // namespace sipharness::dut
