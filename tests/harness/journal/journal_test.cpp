#include <filesystem>
#include <fstream>
#include <set>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/journal/left_out.hpp"

namespace sipharness::journal {
namespace {

using testing::HasSubstr;

const PacketName packet{Transport::udp, *Endpoint::parse("127.0.0.1:5062"),
                        *Endpoint::parse("[::1]:5070"), 0x00ff00ff12345678U, 3};

struct RoundTrip {
  const char* name;
  Event event;
  const char* line;
};

const RoundTrip round_trips[] = {
    {"clock", Clock{CaptureTime(1704067200s), 17ns},
     R"({"t_ns":5,"event":"clock","capture_ns":1704067200000000000,"monotonic_ns":17})"},
    {"sent", Sent{"primary", packet},
     R"({"t_ns":5,"event":"sent","server":"primary","transport":"udp","source":"127.0.0.1:5062",)"
     R"("destination":"[::1]:5070","digest":"00ff00ff12345678","occurrence":3})"},
    {"sent_rewritten", Sent{"primary", packet, "received, Contact"},
     R"({"t_ns":5,"event":"sent","server":"primary","transport":"udp","source":"127.0.0.1:5062",)"
     R"("destination":"[::1]:5070","digest":"00ff00ff12345678","occurrence":3,)"
     R"("rewritten":"received, Contact"})"},
    {"ignored", Ignored{"secondary", "rule", packet},
     R"({"t_ns":5,"event":"ignored","server":"secondary","rule":"rule","transport":"udp",)"
     R"("source":"127.0.0.1:5062","destination":"[::1]:5070","digest":"00ff00ff12345678",)"
     R"("occurrence":3})"},
    {"withheld", Withheld{"primary", "r", 1, "200 INVITE"},
     R"({"t_ns":5,"event":"withheld","server":"primary","rule":"r","digest":"0000000000000001",)"
     R"("what":"200 INVITE"})"},
    {"delayed", Delayed{"primary", "r", 2s, "200"},
     R"({"t_ns":5,"event":"delayed","server":"primary","rule":"r","by_ns":2000000000,)"
     R"("what":"200"})"},
    {"phase", Phase{"primary", "silent", true},
     R"({"t_ns":5,"event":"phase","server":"primary","phase":"silent","silent":true})"},
    {"port", Port{"primary", false},
     R"({"t_ns":5,"event":"port","server":"primary","open":false})"},
    {"forgotten", BindingsForgotten{"primary"},
     R"({"t_ns":5,"event":"bindings_forgotten","server":"primary"})"},
    {"action", Action{"phone", "dial", "10\"02\n", true},
     R"({"t_ns":5,"event":"action","device":"phone","verb":"dial","argument":"10\"02\n",)"
     R"("reported_ok":true})"},
    {"prompted", Prompted{"phone", "dial", "dial 2001 on the device"},
     R"({"t_ns":5,"event":"prompted","device":"phone","verb":"dial",)"
     R"("task":"dial 2001 on the device"})"},
    {"far_end", FarEnd{"secondary", "answers", "abc@h"},
     R"({"t_ns":5,"event":"far_end","server":"secondary","verb":"answers","call_id":"abc@h"})"},
    {"device_state", DeviceState{"phone", "exited", -6},
     R"({"t_ns":5,"event":"device_state","device":"phone","state":"exited","exit_status":-6})"},
    {"device_started", DeviceState{"phone", "started", std::nullopt},
     R"({"t_ns":5,"event":"device_state","device":"phone","state":"started"})"},
    {"reported", Reported{"phone", "dial", true, "CALL_RINGING"},
     R"({"t_ns":5,"event":"reported","device":"phone","verb":"dial","ok":true,)"
     R"("what":"CALL_RINGING"})"},
    {"scenario_zero", ScenarioZero{}, R"({"t_ns":5,"event":"scenario_zero"})"},
    {"unmatched_rule", UnmatchedRule{"primary", "primary/always/0", "calls.json:7:5"},
     R"({"t_ns":5,"event":"unmatched_rule","server":"primary","rule":"primary/always/0",)"
     R"("place":"calls.json:7:5"})"},
    {"diverted", Diverted{"primary", "RTP", "10.0.0.9", "10.0.0.1"},
     R"({"t_ns":5,"event":"diverted","server":"primary","what":"RTP","named":"10.0.0.9",)"
     R"("heard_from":"10.0.0.1"})"},
    {"remark", Remark{"all ports for RTP are taken"},
     R"({"t_ns":5,"event":"remark","text":"all ports for RTP are taken"})"},
    {"missed", Missed{4, "primary.registered", 240s},
     R"({"t_ns":5,"event":"missed","step":4,"awaited":"primary.registered",)"
     R"("deadline_ns":240000000000})"},
    {"missed_but_saw", Missed{0, "first_seen", 1s, "nothing"},
     R"({"t_ns":5,"event":"missed","step":0,"awaited":"first_seen","deadline_ns":1000000000,)"
     R"("seen":"nothing"})"},
    {"lag", Lag{3ms}, R"({"t_ns":5,"event":"lag","worst_ns":3000000})"},
    {"network", Network{"eth0", false, "the interface eth0 is down"},
     R"({"t_ns":5,"event":"network","interface":"eth0","up":false,)"
     R"("what":"the interface eth0 is down"})"},
    {"capture_count", CaptureCount{"live", 84, 2, "note"},
     R"({"t_ns":5,"event":"capture_count","source":"live","frames":84,"dropped":2,)"
     R"("note":"note"})"},
    {"ended", Ended{"completed"}, R"({"t_ns":5,"event":"ended","reason":"completed"})"},
};

TEST(JournalLine, has_the_documented_form_and_reads_back) {
  for (const RoundTrip& trip : round_trips) {
    SCOPED_TRACE(trip.name);
    EXPECT_EQ(to_line({5ns, trip.event}), trip.line);
    const Expected<Entry> entry = from_line(trip.line, "j:1");
    ASSERT_TRUE(entry) << entry.error().text();
    EXPECT_EQ(entry->at, 5ns);
    EXPECT_EQ(entry->event.index(), trip.event.index());
    EXPECT_EQ(to_line(*entry), trip.line);
  }
}

TEST(JournalLine, covers_every_event) {
  std::set<std::size_t> seen;
  for (const RoundTrip& trip : round_trips) seen.insert(trip.event.index());
  EXPECT_EQ(seen.size(), std::variant_size_v<Event>);
}

TEST(JournalLine, keeps_the_packet_name_it_was_given) {
  const Expected<Entry> entry = from_line(to_line({-1ms, Sent{"primary", packet}}), "j:1");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->at, -1ms);
  EXPECT_EQ(std::get<Sent>(entry->event).packet, packet);
}

TEST(JournalLine, stays_readable_when_a_text_is_not_utf_8) {
  const Expected<Entry> entry = from_line(to_line({0ns, Ended{"\xff\xfe"}}), "j:1");
  EXPECT_TRUE(entry);
}

struct Bad {
  const char* name;
  const char* line;
  const char* says;
};

TEST(JournalLine, errors_say_where_what_and_what_is_allowed) {
  const Bad cases[] = {
      {"garbage", "\x80\xff{", "one JSON object"},
      {"array", "[1]", "one JSON object"},
      {"cut off", R"({"t_ns":1,"event":"en)", "one JSON object"},
      {"deep", "[[[[[[[[[[[[[[[[[[[[[[", "one JSON object"},
      {"no time", R"({"event":"ended","reason":"x"})", "\"t_ns\" must be an integer"},
      {"fraction", R"({"t_ns":1.5,"event":"ended","reason":"x"})", "\"t_ns\" must be an integer"},
      {"far away", R"({"t_ns":9223372036854775807,"event":"ended","reason":"x"})", "\"t_ns\" must"},
      {"too big", R"({"t_ns":18446744073709551615,"event":"ended","reason":"x"})", "\"t_ns\" must"},
      {"no event", R"({"t_ns":1})", "\"event\" must be a string"},
      {"slip", R"({"t_ns":1,"event":"ende"})", "did you mean \"ended\"?"},
      {"unknown", R"({"t_ns":1,"event":"exploded"})", "allowed are clock, sent, ignored"},
      {"field", R"({"t_ns":1,"event":"ended"})", "event \"ended\": \"reason\" must be a string"},
      {"flag", R"({"t_ns":1,"event":"port","server":"p","open":1})", "\"open\" must be true or"},
      {"digest", R"({"t_ns":1,"event":"withheld","server":"p","rule":"","digest":"12","what":""})",
       "16 hexadecimal digits"},
      {"endpoint", R"({"t_ns":1,"event":"sent","server":"p","transport":"udp","source":"here"})",
       "\"source\" must be an endpoint"},
      {"transport", R"({"t_ns":1,"event":"sent","server":"p","transport":"sctp"})",
       "\"udp\" or \"tcp\""},
      {"negative count",
       R"({"t_ns":1,"event":"capture_count","source":"live","frames":-1,"dropped":0,"note":""})",
       "\"frames\" must be an integer from 0"},
  };
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.name);
    const Expected<Entry> entry = from_line(bad.line, "journal.jsonl:7");
    ASSERT_FALSE(entry);
    EXPECT_EQ(entry.error().place, "journal.jsonl:7");
    EXPECT_THAT(entry.error().message, HasSubstr(bad.says));
  }
}

TEST(JournalLine, ignores_fields_it_does_not_know) {
  EXPECT_TRUE(from_line(R"({"t_ns":1,"event":"ended","reason":"x","mood":"fine"})", "j:1"));
}

class JournalFile : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    path_ = testing::TempDir() + "journal_" + test.name() + ".jsonl";
    std::ofstream(path_, std::ios::binary) << text;
    return path_;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  const std::string clock_ = to_line({0ns, Clock{}}) + "\n";
  const std::string ended_ = to_line({1s, Ended{"completed"}});

 private:
  std::string path_;
};

TEST_F(JournalFile, reads_every_line) {
  const Expected<Journal> journal = read_journal(write(clock_ + ended_ + "\n"));
  ASSERT_TRUE(journal) << journal.error().text();
  EXPECT_EQ(journal->size(), 2U);
}

TEST_F(JournalFile, leaves_an_unfinished_last_line_out) {
  const std::string cut = ended_.substr(0, ended_.size() - 5);
  const Expected<Journal> journal = read_journal(write(clock_ + cut));
  ASSERT_TRUE(journal) << journal.error().text();
  EXPECT_EQ(journal->size(), 1U);
}

TEST_F(JournalFile, says_what_it_leaves_out) {
  const std::pair<std::string, std::string> cases[] = {
      {clock_ + ended_ + "\n", ""},
      {clock_ + ended_, ""},
      {clock_ + ended_.substr(0, 20), "the journal's last line is cut: it is left out"},
      {ended_.substr(0, 20),
       "the journal's last line is cut: it is left out, and there is no other"},
      {std::string(3, '\0'),
       "the journal's last line is cut: it is left out, and there is no other"},
      {"", "the journal holds no entry"},
  };
  for (const auto& [text, said] : cases) {
    const std::string path = write(text);
    const Expected<Journal> journal = read_journal(path);
    ASSERT_TRUE(journal) << journal.error().text();
    EXPECT_EQ(describe_left_out(path, *journal), said);
  }
}

TEST_F(JournalFile, says_nothing_of_what_came_through_a_pipe) {
  const std::string path = write(clock_ + ended_);
  const Expected<Journal> journal = read_journal(path);
  ASSERT_TRUE(journal);
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(describe_left_out(path, *journal), "");
}

TEST_F(JournalFile, keeps_a_whole_last_line_without_its_newline) {
  const Expected<Journal> journal = read_journal(write(clock_ + ended_));
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->size(), 2U);
}

TEST_F(JournalFile, a_broken_line_in_the_middle_is_an_error_with_its_place) {
  const std::string path = write(clock_ + "{broken\n" + ended_ + "\n");
  const Expected<Journal> journal = read_journal(path);
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().place, path + ":2");
}

TEST_F(JournalFile, must_begin_with_the_clock) {
  const Expected<Journal> journal = read_journal(write(ended_ + "\n"));
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().message, HasSubstr("\"clock\""));
}

TEST_F(JournalFile, an_empty_one_is_an_empty_journal) {
  const Expected<Journal> journal = read_journal(write(""));
  ASSERT_TRUE(journal);
  EXPECT_TRUE(journal->empty());
}

TEST_F(JournalFile, a_missing_one_is_an_error) {
  const Expected<Journal> journal = read_journal("no/such/journal.jsonl");
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().place, "no/such/journal.jsonl");
}

TEST_F(JournalFile, a_long_one_reads_whole) {
  std::string text = clock_;
  for (int line = 0; line < 20'000; ++line) text += to_line({1s, Sent{"primary", packet}}) + "\n";
  const Expected<Journal> journal = read_journal(write(text));
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->size(), 20'001U);
}

}  // namespace
}  // namespace sipharness::journal
