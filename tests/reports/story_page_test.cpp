#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/page.hpp"
#include "reports/story.hpp"
#include "tests/support/trace_builder.hpp"

namespace reports {
namespace {

using namespace std::chrono_literals;
using sipharness::story::tell;
using sipharness::test_support::primary;
using sipharness::test_support::secondary;
using sipharness::test_support::TraceBuilder;
using testing::HasSubstr;
using testing::Not;

std::size_t widest_line(std::string_view text) {
  std::size_t widest = 0;
  std::size_t columns = 0;
  for (const char c : text) {
    columns = c == '\n' ? 0 : columns + ((static_cast<unsigned char>(c) & 0xc0U) != 0x80 ? 1 : 0);
    widest = std::max(widest, columns);
  }
  return widest;
}

/// Registered at both; the primary falls silent; the call moves.
TraceBuilder failover() {
  TraceBuilder t;
  t.healthy_registrations(0s, 60s);
  t.registration(secondary, 50s, 60s);
  t.silent_invite(primary, 10s);
  t.complete_call(secondary, 42s);
  t.ends(100s);
  t.without_journal();
  return t;
}

constexpr std::string_view page_of_failover =
    R"(field.pcap  19 frames, 19 SIP messages
  2024-01-01 00:00:00.000 to 2024-01-01 00:01:40.000 UTC, 100.000 s
  primary    127.0.0.11:5070 (inferred)
  secondary  127.0.0.12:5080 (inferred)
  phone      account 1001 at 127.0.0.1:5062, User-Agent "device/1.0" (inferred: registers)

  requests   8 INVITE, 3 REGISTER, 1 ACK, 1 BYE
  responses  1 180, 5 200
  seconds    count from the first SIP message, 2024-01-01 00:00:00.000 UTC
  bars       R accepted, = registered, . not registered, x refused, ? no answer, U ended

phone
  Registrations, a column of the bars is 1.176 s
    primary    R===================================================.................................
    secondary  R=========================================R==========================================
    at the primary
     0.000 00:00:00.000 frame 1     registered, 60 s granted, answered after 0.005 s
    60.005 00:01:00.005             the registration of frame 2 lapsed
    at the secondary
     0.010 00:00:00.010 frame 3     registered, 60 s granted, answered after 0.005 s
    50.000 00:00:50.000 frame 18    refreshed, 60 s granted, answered after 0.005 s
  Calls
    10.000 00:00:10.000 frame 5     to 1002, at the primary: no response, sent 7 times over
                                    31.500 s; 32.000 s later at the secondary (frame 12): rang after
                                    0.020 s, answered 200 OK after 2.000 s; the phone hung up after
                                    37.000 s (frame 16)
  Outages
    10.000 00:00:10.000             the primary silent for 90.000 s, until the capture ends, as
                                    unanswered requests show
  Not in the capture
     0.000 00:00:00.000 frame 1     the refresh after frame 1, if the device sent it: of one alone
                                    it cannot be told
  Timers
    T1 0.500 s, the usual first interval of requests sent again (1)
    INVITE (Timer A) from frame 5: again after 0.500, 1.000, 2.000, 4.000, 8.000, 16.000 s; no
    response in 31.500 s
    refresh at the secondary after its 200: 49.985 s
    INVITE at the secondary after one that the primary did not answer: 32.000 s

Capture  vantage device
  all addresses are loopback: captured on the host of both sides
)";

TEST(StoryPage, is_one_page_of_what_happened) {
  TraceBuilder t = failover();
  const std::string page = story_page(tell(t.build(), {}, nullptr), {.file = "field.pcap"});
  EXPECT_EQ(page, page_of_failover);
}

TEST(StoryPage, tells_nothing_of_nothing) {
  TraceBuilder t;
  t.without_journal();
  t.infer_servers();
  const std::string page = story_page(tell(t.build(), {}, nullptr), {.file = "none.pcap"});
  EXPECT_THAT(page, HasSubstr("0 SIP messages"));
  EXPECT_THAT(page, HasSubstr("no phone and no server"));
}

TEST(StoryPage, shows_no_control_character_and_no_long_line) {
  TraceBuilder t;
  const std::string evil = "\x1b[2J\x1b]0;owned\x07" + std::string(5000, 'A');
  t.at(0s).from_device(primary).request("REGISTER", {.headers = {{"User-Agent", evil}}});
  t.at(20ms).to_device(primary).response(603, {.reason = evil});
  t.at(1s).from_device(primary).request("INVITE", {.number = std::string(3000, 'B')});
  t.ends(2s);
  const std::string page = story_page(tell(t.build(), {}, nullptr), {.file = evil});
  EXPECT_TRUE(std::ranges::none_of(page, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  }));
  EXPECT_LE(widest_line(page), 100U);
  EXPECT_LT(page.size(), 8000U);
}

TEST(StoryPage, of_many_phones_tells_of_the_first_few) {
  TraceBuilder t;
  for (int i = 0; i < 40; ++i) {
    t.device(std::to_string(2000 + i),
             *sipharness::Endpoint::parse("127.0.1." + std::to_string(i + 1) + ":5060"));
    t.registration(primary, std::chrono::seconds(i));
  }
  t.without_journal();
  const std::string page = story_page(tell(t.build(), {}, nullptr), {.file = "many.pcap"});
  EXPECT_THAT(page, HasSubstr("… and 35 more phones"));
  EXPECT_THAT(page, HasSubstr("All 40 phones  40 registrations accepted, 0 not"));
  EXPECT_THAT(page, Not(HasSubstr("phone-2039")));
}

TEST(StoryPage, tells_of_many_calls_those_that_were_not_simply_answered) {
  TraceBuilder t;
  t.registration(primary, 0s);
  for (int i = 1; i <= 30; ++i) t.complete_call(primary, std::chrono::seconds(i * 20));
  t.at(700s).from_device(primary).request("INVITE", {.number = "1555"});
  t.at(701s).to_device(primary).response(486);
  t.without_journal();
  const std::string page = story_page(tell(t.build(), {}, nullptr), {.file = "many.pcap"});
  EXPECT_THAT(page, HasSubstr("31 calls, 0 of them incoming; 30 answered, 1 not"));
  EXPECT_THAT(page, HasSubstr("to 1555, at the primary: 486"));
  EXPECT_THAT(page, Not(HasSubstr("to 1002")));
}

TEST(StoryPage, puts_attempts_that_are_alike_into_one_line) {
  TraceBuilder t;
  for (int i = 0; i < 40; ++i) t.registration(primary, std::chrono::seconds(i * 50), 60s);
  const std::string page = story_page(tell(t.build(), {}, nullptr), {.file = "many.pcap"});
  EXPECT_THAT(page, HasSubstr("refreshed, 60 s granted; 39 times to frame 79, 50.000 s apart"));
}

TEST(StoryJson, holds_everything) {
  TraceBuilder t = failover();
  const auto story =
      nlohmann::json::parse(story_json(tell(t.build(), {}, nullptr), {.file = "field.pcap"}));
  EXPECT_EQ(story["format"], "sipharness-story/1");
  EXPECT_EQ(story["roles"].size(), 3U);
  const auto& phone = story["phones"][0];
  EXPECT_EQ(phone["registrations"][0]["server"], "primary");
  EXPECT_EQ(phone["registrations"][0]["attempts"][0]["outcome"], "accepted");
  EXPECT_EQ(phone["calls"][0]["legs"][1]["status"], 200);
  EXPECT_EQ(phone["calls"][0]["ended_by"], "phone");
  EXPECT_EQ(phone["outages"][0]["known_from"], "requests");
}

TEST(StoryJson, survives_broken_utf8) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER", {.headers = {{"User-Agent", "\xff\xfe"}}});
  const std::string json = story_json(tell(t.build(), {}, nullptr), {.file = "x"});
  EXPECT_TRUE(nlohmann::json::accept(json));
}

TEST(Page, breaks_lines_at_blanks_and_hangs_them) {
  Page page(20);
  page.line("ab  ", "one two three four five");
  EXPECT_EQ(std::move(page).text(), "ab  one two three\n    four five\n");
}

TEST(Page, cuts_what_has_no_blank) {
  Page page(10);
  page.line("  ", std::string(20, 'x'));
  EXPECT_EQ(std::move(page).text(), "  xxxxxxxx\n  xxxxxxxx\n  xxxx\n");
}

TEST(Page, tells_times_in_utc) {
  const sipharness::CaptureTime at{1704067200s + 3723004ms};
  EXPECT_EQ(date_and_time(at), "2024-01-01 01:02:03.004");
  EXPECT_EQ(time_of_day(at), "01:02:03.004");
}

TEST(Page, clips_by_characters) {
  EXPECT_EQ(clipped("äöüäöü", 4), "äöü…");
  EXPECT_EQ(clipped("abc", 3), "abc");
  EXPECT_EQ(clipped("\x1b[2J", 10), "\\x1b[2J");
}

}  // namespace
}  // namespace reports
