#include "harness/dut/process/netstring.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sipharness::dut {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Reading {
  std::vector<std::string> texts;
  std::vector<std::string> problems;
  NetstringReader reader;
  void feed(std::string_view bytes) {
    const auto keep = [this](std::string_view text) { texts.emplace_back(text); };
    if (const auto problem = reader.feed(bytes, keep)) problems.push_back(*problem);
  }
};

TEST(Netstring, frames_a_command_as_json) {
  EXPECT_EQ(netstring("hello"), "5:hello,");
  EXPECT_EQ(netstring_command("dial sip:2001@a b"),
            netstring(R"({"command":"dial","params":"sip:2001@a b"})"));
  EXPECT_EQ(netstring_command("hangup"), netstring(R"({"command":"hangup","params":""})"));
  EXPECT_THAT(netstring_command("dial \xff\""), HasSubstr("\\\"")) << "no UTF-8: still a command";
}

TEST(NetstringReader, takes_texts_however_they_arrive) {
  Reading whole;
  whole.feed("5:hello,0:,3:a,b,");
  EXPECT_THAT(whole.texts, ElementsAre("hello", "", "a,b"));
  Reading bytewise;
  for (const char c : std::string("5:hello,12:hello world!,")) bytewise.feed({&c, 1});
  EXPECT_THAT(bytewise.texts, ElementsAre("hello", "hello world!"));
  EXPECT_THAT(bytewise.problems, IsEmpty());
}

TEST(NetstringReader, tells_broken_framing_once_and_reads_no_more) {
  for (const std::string_view broken :
       {"hello", "5:helloX", ":", "-1:x,", "99999:", "123456789", "1x:a,", "\xff\xff", "65537:"}) {
    SCOPED_TRACE(broken);
    Reading reading;
    reading.feed("2:ok,");
    reading.feed(broken);
    reading.feed("2:ok,");
    EXPECT_THAT(reading.texts, ElementsAre("ok"));
    EXPECT_EQ(reading.problems.size(), 1U);
  }
}

TEST(NetstringReader, takes_the_longest_text_it_promises) {
  Reading reading;
  reading.feed(netstring(std::string(NetstringReader::longest_text, 'x')));
  EXPECT_EQ(reading.texts.size(), 1U);
  EXPECT_THAT(reading.problems, IsEmpty());
}

}  // namespace
}  // namespace sipharness::dut
