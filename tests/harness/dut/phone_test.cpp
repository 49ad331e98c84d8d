// The driver of a handset against a web interface that replies what the test wants, in virtual
// time.

#include "harness/dut/phone/phone.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/setup_error.hpp"
#include "harness/host/http/server.hpp"
#include "harness/world_sim/simulated_world.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceStep;
using scenario::DeviceVerb;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

const Endpoint web = *Endpoint::parse("10.0.0.50:80");
const IpAddress harness = *IpAddress::parse("10.0.0.1");

class Journal final : public journal::Writer {
 public:
  void write(const journal::Event& event) override {
    if (const auto* reported = std::get_if<journal::Reported>(&event))
      lines.push_back(reported->verb + (reported->ok ? " ok: " : " failed: ") + reported->what);
  }
  std::vector<std::string> lines;
};

class PhoneOnTheDesk : public testing::Test {
 protected:
  PhoneOnTheDesk() {
    options_.api = {.phone = web, .harness = harness, .passcode = "sesame & co"};
    options_.tell = [this](const std::string& text) { told_.push_back(text); };
    options_.notify = [this](const std::string& event, std::function<void(int)> done) {
      notified_.push_back(event);
      answer_notify_ = std::move(done);
    };
    options_.wait_until = [this](const std::function<bool()>& done) {
      world_.run(world_.now() + 3s, done);
    };
    success("api-get_accounts", R"([{"id":1,"reg":0}])");
    success("api-sys_operation", R"("savereboot")");
    success("api-make_call", "true");
    success("api-phone_operation", "true");
    success("api-get_line_status", R"([{"line":1,"state":"idle"}])");
  }

  void success(const std::string& function, const std::string& body) {
    replies_[function] = R"({"response":"success","body":)" + body + "}";
  }
  void error(const std::string& function) {
    replies_[function] = R"({"response":"error","body":false})";
  }
  void ask_a_person() {
    options_.prompt = [this](const DeviceStep& step) {
      prompted_.emplace_back(to_string(step.verb));
    };
  }
  Phone& phone() {
    if (!phone_) phone_ = std::make_unique<Phone>(world_, journal_, options_);
    return *phone_;
  }
  void perform(DeviceVerb verb, std::string number = {}) {
    EXPECT_FALSE(phone().perform({verb, std::move(number)})) << "nothing is known at once";
    run_for(100ms);
  }
  void boot() {
    options_.start = PhoneStart::none;
    perform(DeviceVerb::boot);
    journal_.lines.clear();
    asked_.clear();
  }
  void run_for(Duration time) { world_.run(world_.now() + time); }

  world_sim::SimulatedWorld world_;
  Journal journal_;
  std::map<std::string, std::string> replies_;
  std::vector<std::string> asked_;  ///< targets
  std::vector<std::string> told_, prompted_, notified_;
  std::function<void(int)> answer_notify_;
  host::HttpServer server_{world_, web, [this](const host::HttpRequest& request) {
                             asked_.push_back(request.target);
                             const std::string path = request.target.substr(
                                 std::string("/cgi-bin/").size(),
                                 request.target.find('?') - std::string("/cgi-bin/").size());
                             return host::HttpResponse{200, "application/json", replies_[path]};
                           }};
  PhoneOptions options_;
  std::unique_ptr<Phone> phone_;
};

TEST_F(PhoneOnTheDesk, is_rebooted_and_up_when_it_has_fetched_its_configuration) {
  options_.start = PhoneStart::reboot;
  perform(DeviceVerb::boot);
  EXPECT_THAT(asked_, ElementsAre("/cgi-bin/api-get_accounts?passcode=sesame%20%26%20co",
                                  "/cgi-bin/api-sys_operation?passcode=sesame%20%26%20co&request="
                                  "REBOOT"));
  EXPECT_THAT(journal_.lines, ElementsAre("remote_control ok: api-get_accounts answers",
                                          "boot ok: api-sys_operation: it reboots"));
  EXPECT_FALSE(phone().is_up());
  phone().on_fetch(false, "another one's file");
  EXPECT_FALSE(phone().is_up());
  phone().on_fetch(true, "its file");
  EXPECT_TRUE(phone().is_up());
}

TEST_F(PhoneOnTheDesk, is_up_some_time_after_its_reboot_even_if_it_fetches_nothing) {
  options_.start = PhoneStart::reboot;
  perform(DeviceVerb::boot);
  run_for(9s);
  EXPECT_FALSE(phone().is_up());
  run_for(2s);
  EXPECT_TRUE(phone().is_up());
}

TEST_F(PhoneOnTheDesk, is_asked_until_it_says_that_it_is_registered) {
  boot();
  run_for(5s);
  EXPECT_THAT(journal_.lines, IsEmpty());
  success("api-get_accounts", R"([{"id":1,"reg":1}])");
  run_for(5s);
  EXPECT_THAT(journal_.lines,
              ElementsAre("register ok: api-get_accounts: account 1 is registered"));
  const std::size_t asked = asked_.size();
  run_for(60s);
  EXPECT_EQ(asked_.size(), asked);
}

TEST_F(PhoneOnTheDesk, is_told_to_fetch_by_a_notify) {
  options_.start = PhoneStart::resync;
  perform(DeviceVerb::boot);
  ASSERT_THAT(notified_, ElementsAre("resync"));
  EXPECT_FALSE(phone().is_up());
  answer_notify_(200);
  EXPECT_THAT(journal_.lines, Contains("boot ok: NOTIFY resync: answered 200"));
  phone().on_action_url({"setupCompleted", ""});
  EXPECT_TRUE(phone().is_up());
}

TEST_F(PhoneOnTheDesk, is_rebooted_by_a_notify_where_its_passcode_is_not_known) {
  options_.api.passcode.reset();
  options_.must_be_driven = false;
  options_.start = PhoneStart::reboot;
  perform(DeviceVerb::boot);
  EXPECT_THAT(notified_, ElementsAre("check-sync;reboot=true"));
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(PhoneOnTheDesk, that_takes_no_notify_is_told_of) {
  options_.start = PhoneStart::resync;
  perform(DeviceVerb::boot);
  answer_notify_(0);
  EXPECT_THAT(journal_.lines, Contains("boot failed: NOTIFY resync: no answer"));
  EXPECT_THAT(told_, ElementsAre(HasSubstr("--reprovision reboot")));
  EXPECT_TRUE(phone().is_up());
}

TEST_F(PhoneOnTheDesk, ends_the_run_if_it_cannot_be_driven_and_must_be) {
  error("api-get_accounts");
  try {
    perform(DeviceVerb::boot);
    FAIL() << "nothing was thrown";
  } catch (const SetupError& problem) {
    EXPECT_THAT(problem.what(), AllOf(HasSubstr("wrong passcode"), Not(HasSubstr("sesame"))));
  }
}

TEST_F(PhoneOnTheDesk, needs_a_passcode_to_be_driven) {
  options_.api.passcode.reset();
  EXPECT_THROW(perform(DeviceVerb::boot), SetupError);
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(PhoneOnTheDesk, need_not_be_driven_where_a_boot_is_the_only_action) {
  options_.api.passcode.reset();
  options_.must_be_driven = false;
  perform(DeviceVerb::boot);
  run_for(60s);
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_TRUE(phone().is_up());
}

TEST_F(PhoneOnTheDesk, is_left_to_a_person_if_it_cannot_be_driven) {
  ask_a_person();
  error("api-get_accounts");
  options_.start = PhoneStart::reboot;
  perform(DeviceVerb::boot);
  perform(DeviceVerb::dial, "2001");
  EXPECT_THAT(prompted_, ElementsAre("boot", "dial"));
  EXPECT_THAT(told_, ElementsAre(HasSubstr("asked of you")));
  EXPECT_TRUE(phone().is_up());
}

TEST_F(PhoneOnTheDesk, does_what_has_a_function) {
  boot();
  perform(DeviceVerb::dial, "20 01");
  perform(DeviceVerb::answer);
  perform(DeviceVerb::reject);
  perform(DeviceVerb::hang_up);
  perform(DeviceVerb::restart);
  EXPECT_THAT(journal_.lines, ElementsAre("dial ok: api-make_call: it dials",
                                          "answer ok: api-phone_operation: acceptcall was taken",
                                          "reject ok: api-phone_operation: rejectcall was taken",
                                          "hang_up ok: api-phone_operation: endcall was taken",
                                          "restart ok: api-sys_operation: it reboots"));
  EXPECT_THAT(asked_, Contains(HasSubstr("&phonenumber=20%2001&account=0")));
}

TEST_F(PhoneOnTheDesk, reports_what_it_refuses_or_has_no_function_for) {
  boot();
  error("api-phone_operation");
  perform(DeviceVerb::hang_up);
  perform(DeviceVerb::shutdown);
  EXPECT_THAT(journal_.lines,
              ElementsAre(HasSubstr("hang_up failed: phone 10.0.0.50:80: api-phone_operation"),
                          "shutdown failed: the web interface has no function for it"));
  EXPECT_THAT(prompted_, IsEmpty());
  ask_a_person();
  phone_.reset();
  boot();
  perform(DeviceVerb::shutdown);
  EXPECT_THAT(prompted_, ElementsAre("shutdown"));
}

TEST_F(PhoneOnTheDesk, holds_and_resumes_when_its_line_says_so) {
  boot();
  success("api-get_line_status", R"([{"state":"onhold"}])");
  perform(DeviceVerb::hold);
  EXPECT_THAT(journal_.lines, IsEmpty()) << "a reply alone is not enough";
  run_for(2s);
  EXPECT_THAT(journal_.lines, ElementsAre("hold ok: api-get_line_status: onhold"));
  perform(DeviceVerb::resume);
  success("api-get_line_status", R"([{"state":"connected"}])");
  run_for(2s);
  EXPECT_THAT(journal_.lines.back(), "resume ok: api-get_line_status: connected");
}

TEST_F(PhoneOnTheDesk, does_not_hold_what_it_was_told_to_resume) {
  boot();
  success("api-get_line_status", R"([{"state":"connected"}])");
  perform(DeviceVerb::resume);
  run_for(2s);
  EXPECT_THAT(journal_.lines, ElementsAre("resume failed: no line of the phone is on hold"));
  EXPECT_THAT(asked_, Not(Contains(HasSubstr("holdcall"))));
}

TEST_F(PhoneOnTheDesk, is_hung_up_at_the_end_if_it_may_be_in_a_call) {
  boot();
  perform(DeviceVerb::dial, "2001");
  phone().stop();
  EXPECT_THAT(asked_.back(), HasSubstr("cmd=endcall"));
  asked_.clear();
  phone().on_action_url({"terminatedCall", ""});
  phone().stop();
  EXPECT_THAT(asked_, IsEmpty());
}

}  // namespace
}  // namespace sipharness::dut
