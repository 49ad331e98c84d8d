#include "harness/dut/external/external_device.hpp"

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sipharness::dut {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Recorder final : journal::Writer {
  void write(const journal::Event& event) override {
    if (const auto* asked = std::get_if<journal::Prompted>(&event))
      lines.push_back("asked " + asked->verb);
    if (const auto* told = std::get_if<journal::Reported>(&event))
      lines.push_back((told->ok ? "ok " : "not ok ") + told->verb + ": " + told->what);
  }
  std::vector<std::string> lines;
};

/// A person at a terminal of their own.
class AtTerminal : public testing::Test {
 protected:
  AtTerminal() {
    EXPECT_EQ(::openpty(&person_, &terminal_, nullptr, nullptr, nullptr), 0);
    ::fcntl(person_, F_SETFL, O_NONBLOCK);
  }
  ~AtTerminal() override {
    ::close(person_);
    ::close(terminal_);
  }
  Operator::Options options(Duration timeout = 5s) const {
    return {.prompt_timeout = timeout, .input = terminal_, .output = terminal_};
  }
  void type(std::string_view keys) {
    ASSERT_EQ(::write(person_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  void pass_until_lines(std::size_t count) {
    world_.run(world_.now() + 3s, [&] { return journal_.lines.size() >= count; });
  }
  std::string screen() {
    std::string text(4096, '\0');
    const ssize_t count = ::read(person_, text.data(), text.size());
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
  }

  host::RealWorld world_;
  Recorder journal_;
  int person_ = -1;
  int terminal_ = -1;
};

TEST_F(AtTerminal, enter_means_done_and_n_means_not) {
  Operator person(world_, journal_, options());
  person.ask({"phone", "dial", "dial 2001 on the device"});
  pass_until_lines(1);
  EXPECT_THAT(screen(), HasSubstr("dial 2001 on the device, then press Enter"));
  EXPECT_THAT(journal_.lines, ElementsAre("asked dial"));
  type("\n");
  pass_until_lines(2);
  EXPECT_EQ(journal_.lines.back(), "ok dial: operator: done");
  person.ask({"phone", "hold", "hold"});
  pass_until_lines(3);
  type(" no\n");
  pass_until_lines(4);
  EXPECT_EQ(journal_.lines.back(), "not ok hold: operator: not done");
  EXPECT_FALSE(person.is_asking());
}

TEST_F(AtTerminal, prompts_come_one_after_the_other_and_end) {
  Operator person(world_, journal_, options(30ms));
  person.ask({"phone", "dial", "dial"});
  person.ask({"phone", "hang_up", "hang up"});
  EXPECT_TRUE(person.is_asking());
  pass_until_lines(4);
  EXPECT_THAT(journal_.lines,
              ElementsAre("asked dial", "not ok dial: operator: no answer in time", "asked hang_up",
                          "not ok hang_up: operator: no answer in time"));
}

TEST_F(AtTerminal, what_was_typed_before_is_no_answer) {
  Operator person(world_, journal_, options(200ms));
  type("n\nn\n");
  person.ask({"phone", "dial", "dial"});
  pass_until_lines(2);
  EXPECT_EQ(journal_.lines.back(), "not ok dial: operator: no answer in time");
}

TEST_F(AtTerminal, without_one_nobody_is_asked) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Operator person(world_, journal_, {.prompt_timeout = 5s, .input = ends[0], .output = ends[1]});
  Operator::Answer answer = Operator::Answer::done;
  person.ask({"phone", "dial", "dial"}, [&](Operator::Answer heard) { answer = heard; });
  EXPECT_THAT(journal_.lines, IsEmpty()) << "ask() itself answers nothing";
  pass_until_lines(1);
  EXPECT_THAT(journal_.lines, ElementsAre("not ok dial: operator: no terminal"));
  EXPECT_EQ(answer, Operator::Answer::nobody);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(AtTerminal, a_device_met_for_the_first_time_is_not_asked_to_boot) {
  Operator person(world_, journal_, options(10ms));
  ExternalDevice device(person, {.called = "the device"});
  EXPECT_FALSE(device.perform({scenario::DeviceVerb::boot, {}}));
  EXPECT_FALSE(person.is_asking());
  device.perform({scenario::DeviceVerb::shutdown, {}});
  device.perform({scenario::DeviceVerb::boot, {}});
  pass_until_lines(4);
  EXPECT_EQ(journal_.lines.front(), "asked shutdown");
  EXPECT_EQ(journal_.lines[2], "asked boot");
  ExternalDevice again(person, {.called = "the device", .was_up_before = true});
  again.perform({scenario::DeviceVerb::boot, {}});
  EXPECT_TRUE(person.is_asking());
}

TEST(Task, says_what_to_do) {
  EXPECT_EQ(task_of({scenario::DeviceVerb::dial, "2001"}, "the device", false),
            "dial 2001 on the device");
  EXPECT_EQ(task_of({scenario::DeviceVerb::boot, {}}, "the device", true), "switch the device on");
}

}  // namespace
}  // namespace sipharness::dut
