#include "harness/observed/registration.hpp"

#include <gtest/gtest.h>

#include "tests/support/one_phone.hpp"

namespace sipharness::observed {
namespace {

using test_support::epoch;
using test_support::Fields;
using test_support::MessageId;
using test_support::OnePhone;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;

/// Everything this file looks at, derived from one trace.
struct Registrations : OnePhone {
  explicit Registrations(TraceBuilder& builder, const scenario::Profile& profile = {})
      : OnePhone(builder, profile) {}

  bool knows_down(ServerRole server, Duration at) const {
    return known_down(phone, server, epoch + at);
  }
  bool is_registered(ServerRole server, Duration at) const {
    return registered(phone, server, epoch + at);
  }

  const std::vector<RegisterAttempt>& attempts = observed::attempts(phone);
  const std::vector<Binding>& bindings = observed::bindings(phone);
};

// --- ALG-ATT -------------------------------------------------------------------------------------

TEST(RegisterAttempts, end_with_the_2xx) {
  TraceBuilder t;
  t.registration(primary, 1s, 120s);
  const Registrations r(t);
  ASSERT_EQ(r.attempts.size(), 1U);
  const RegisterAttempt& attempt = r.attempts[0];
  EXPECT_EQ(attempt.server, ServerRole::primary);
  EXPECT_EQ(attempt.start, epoch + 1s);
  EXPECT_EQ(attempt.ok, epoch + 1005ms);
  EXPECT_EQ(attempt.end, attempt.ok);
  EXPECT_EQ(attempt.status, 200);
  EXPECT_EQ(attempt.requested, Duration(120s));
  EXPECT_EQ(attempt.granted, Duration(120s));
  EXPECT_EQ(attempt.contact, "sip:1001@127.0.0.1:5062");
  EXPECT_FALSE(attempt.failed());
  EXPECT_FALSE(attempt.failed_at());
}

struct ChainCase {
  const char* name;
  int status;
  Duration pause;
  std::uint32_t next_cseq;
  std::size_t attempts;
};

TEST(RegisterAttempts, go_on_after_a_challenge_with_a_new_cseq_within_two_seconds) {
  const ChainCase cases[] = {
      {"401", 401, 20ms, 2, 1},
      {"407", 407, 20ms, 2, 1},
      {"423", 423, 20ms, 2, 1},
      {"302", 302, 20ms, 2, 1},
      {"just in time", 401, 2s, 2, 1},
      {"too late", 401, 2001ms, 2, 2},
      {"same CSeq", 401, 20ms, 1, 2},
      {"503 is the answer", 503, 20ms, 2, 2},
      {"403 is the answer", 403, 1s, 2, 2},
  };
  for (const ChainCase& one : cases) {
    SCOPED_TRACE(one.name);
    TraceBuilder t;
    t.at(0s).from_device(primary).request("REGISTER", {.cseq = 1});
    t.at(10ms).to_device(primary).response(one.status);
    t.at(10ms + one.pause).from_device(primary).request("REGISTER", {.cseq = one.next_cseq});
    t.at(20ms + one.pause).to_device(primary).response(200);
    const Registrations r(t);
    ASSERT_EQ(r.attempts.size(), one.attempts);
    EXPECT_EQ(r.attempts.back().ok, epoch + 20ms + one.pause);
    EXPECT_EQ(r.attempts.front().start, epoch);
    EXPECT_EQ(r.attempts.front().failed(), one.attempts == 2);
  }
}

TEST(RegisterAttempts, at_two_servers_are_two_even_with_one_call_id) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER", {.cseq = 1, .call_id = "one"});
  t.at(10ms).to_device(primary).response(401);
  t.at(20ms).from_device(secondary).request("REGISTER", {.cseq = 2, .call_id = "one"});
  const Registrations r(t);
  ASSERT_EQ(r.attempts.size(), 2U);
  EXPECT_EQ(r.attempts[1].server, ServerRole::secondary);
}

TEST(RegisterAttempts, an_unanswered_challenge_is_a_failure_with_its_status) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.at(10ms).to_device(primary).response(401);
  t.ends(60s);
  const Registrations r(t);
  EXPECT_EQ(r.attempts.at(0).status, 401);
  EXPECT_EQ(r.attempts.at(0).failed_at(), epoch + 10ms);
}

TEST(RegisterAttempts, without_an_answer_fail_when_timer_f_ends_them) {
  TraceBuilder t;
  t.at(1s).from_device(primary).request("REGISTER");
  t.ends(40s);
  const Registrations r(t);
  EXPECT_EQ(r.attempts.at(0).fail, epoch + 33s);
  EXPECT_FALSE(r.attempts.at(0).end);
  EXPECT_TRUE(r.attempts.at(0).failed());
}

TEST(RegisterAttempts, fail_at_an_icmp_error_only_if_the_device_takes_notice) {
  for (const bool goes_on : {false, true}) {
    SCOPED_TRACE(goes_on);
    TraceBuilder t;
    const auto sent = t.at(1s).from_device(primary).request("REGISTER");
    t.at(1001ms).icmp(sent);
    if (goes_on) t.retransmissions(sent, {500ms, 1500ms});
    t.ends(100s);
    const Registrations r(t);
    EXPECT_EQ(r.attempts.at(0).fail, epoch + (goes_on ? 33s : Duration(1001ms)));
  }
}

TEST(RegisterAttempts, count_timer_f_from_the_last_transaction) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER", {.cseq = 1});
  t.at(500ms).to_device(primary).response(401);
  t.at(1s).from_device(primary).request("REGISTER", {.cseq = 2});
  t.ends(40s);
  const Registrations r(t);
  ASSERT_EQ(r.attempts.size(), 1U);
  EXPECT_EQ(r.attempts[0].fail, epoch + 33s);
}

TEST(RegisterAttempts, are_open_while_the_trace_is_too_short_to_tell) {
  TraceBuilder t;
  t.at(1s).from_device(primary).request("REGISTER");
  t.ends(32s);
  const Registrations r(t);
  EXPECT_FALSE(r.attempts.at(0).fail);
  EXPECT_FALSE(r.attempts.at(0).failed());
}

TEST(RegisterAttempts, fail_when_the_device_begins_the_next_one) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER", {.cseq = 1});
  t.at(10s).from_device(primary).request("REGISTER", {.cseq = 2});
  t.ends(20s);
  const Registrations r(t);
  ASSERT_EQ(r.attempts.size(), 2U);
  EXPECT_EQ(r.attempts[0].fail, epoch + 10s);
}

TEST(RegisterAttempts, do_not_fail_because_of_one_at_the_other_server) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.registration(secondary, 10s);
  t.ends(40s);
  const Registrations r(t);
  EXPECT_EQ(r.attempts.at(0).fail, epoch + 32s);
}

TEST(RegisterAttempts, fail_sooner_if_the_profile_limits_the_repeats) {
  scenario::Profile profile;
  profile.max_request_retries = 2;
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.ends(40s);
  const Registrations r(t, profile);
  EXPECT_EQ(r.attempts.at(0).fail, epoch + 3500ms);
}

TEST(RegisterAttempts, a_response_after_timer_f_comes_too_late) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.at(40s).to_device(primary).response(200);
  t.ends(50s);
  const Registrations r(t);
  EXPECT_EQ(r.attempts.at(0).fail, epoch + 32s);
  EXPECT_FALSE(r.attempts.at(0).ok);
  EXPECT_TRUE(r.bindings.empty());
}

TEST(RegisterAttempts, ask_to_unregister_with_zero_or_a_star) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER", {.expires = 0s});
  t.at(1s).request("REGISTER", {.expires = 0s, .contact = "*"});
  t.at(2s).request("REGISTER", {.headers = {{"Contact", "<sip:1001@127.0.0.1>;expires=0"}}});
  t.at(3s).request("REGISTER");
  const Registrations r(t);
  ASSERT_EQ(r.attempts.size(), 4U);
  EXPECT_TRUE(r.attempts[0].unregister);
  EXPECT_TRUE(r.attempts[1].unregister);
  EXPECT_EQ(r.attempts[1].contact, "*");
  EXPECT_TRUE(r.attempts[2].unregister);
  EXPECT_FALSE(r.attempts[3].unregister);
}

// --- ALG-BIND ------------------------------------------------------------------------------------

struct GrantCase {
  const char* name;
  std::vector<std::pair<std::string, std::string>> answer;
  Duration granted;
};

TEST(Bindings, last_as_long_as_the_own_contact_says) {
  const std::string own = "<sip:1001@127.0.0.1:5062>";
  const GrantCase cases[] = {
      {"own Contact", {{"Contact", own + ";expires=60"}}, 60s},
      {"own Contact over Expires", {{"Contact", own + ";expires=60"}, {"Expires", "30"}}, 60s},
      {"own Contact among foreign ones",
       {{"Contact", "<sip:1001@10.0.0.9>;expires=7, " + own + ";expires=60"}},
       60s},
      {"own Contact in a header of its own",
       {{"Contact", "<sip:1001@10.0.0.9>;expires=7"}, {"Contact", own + ";expires=60"}},
       60s},
      {"the same URI written otherwise",
       {{"Contact", "<SIP:1001@127.0.0.1:5062>;Expires=60"}},
       60s},
      {"Expires where the Contact has none", {{"Contact", own}, {"Expires", "45"}}, 45s},
      {"Expires where only foreign ones are listed",
       {{"Contact", "<sip:1001@10.0.0.9>;expires=7"}, {"Expires", "45"}},
       45s},
      {"what was asked for where nothing is said", {{"Contact", own}}, 120s},
  };
  for (const GrantCase& one : cases) {
    SCOPED_TRACE(one.name);
    TraceBuilder t;
    t.at(0s).from_device(primary).request("REGISTER", {.expires = 120s});
    t.at(5ms).to_device(primary).response(200, {.headers = one.answer});
    const Registrations r(t);
    EXPECT_EQ(r.attempts.at(0).granted, one.granted);
    ASSERT_EQ(r.bindings.size(), 1U);
    EXPECT_EQ(r.bindings[0].from, epoch + 5ms);
    EXPECT_EQ(r.bindings[0].until, epoch + 5ms + one.granted);
    EXPECT_FALSE(r.bindings[0].refreshed);
  }
}

TEST(Bindings, are_handed_over_by_a_refresh) {
  TraceBuilder t;
  t.registration(primary, 0s, 120s);
  t.registration(primary, 100s, 120s);
  const Registrations r(t);
  ASSERT_EQ(r.bindings.size(), 2U);
  EXPECT_EQ(r.bindings[0].until, epoch + 100005ms);
  EXPECT_TRUE(r.bindings[0].refreshed);
  EXPECT_EQ(r.bindings[1].until, epoch + 220005ms);
  EXPECT_TRUE(r.is_registered(primary, 150s));
  EXPECT_FALSE(r.is_registered(secondary, 150s));
}

TEST(Bindings, lapse_when_the_refresh_comes_too_late) {
  TraceBuilder t;
  t.registration(primary, 0s, 120s);
  t.registration(primary, 130s, 120s);
  const Registrations r(t);
  ASSERT_EQ(r.bindings.size(), 2U);
  EXPECT_EQ(r.bindings[0].until, epoch + 120005ms);
  EXPECT_FALSE(r.bindings[0].refreshed);
  EXPECT_FALSE(r.is_registered(primary, 125s));
}

struct UnregisterCase {
  const char* name;
  Fields request;
  int status;
  bool ends;
};

TEST(Bindings, end_with_an_accepted_unregister_of_the_same_contact) {
  const UnregisterCase cases[] = {
      {"accepted", {.expires = 0s}, 200, true},
      {"star", {.expires = 0s, .contact = "*"}, 200, true},
      {"refused", {.expires = 0s}, 403, false},
      {"another contact", {.expires = 0s, .contact = "sip:1001@10.0.0.9"}, 200, false},
  };
  for (const UnregisterCase& one : cases) {
    SCOPED_TRACE(one.name);
    TraceBuilder t;
    t.registration(primary, 0s, 120s);
    t.at(50s).from_device(primary).request("REGISTER", one.request);
    t.at(51s).to_device(primary).response(one.status);
    const Registrations r(t);
    ASSERT_EQ(r.bindings.size(), 1U);
    EXPECT_EQ(r.is_registered(primary, 60s), !one.ends);
    EXPECT_FALSE(r.bindings[0].refreshed);
  }
}

TEST(Bindings, end_when_the_server_forgets_them) {
  TraceBuilder t;
  t.healthy_registrations(0s, 120s);
  t.at(30s).forget_bindings(primary);
  t.ends(60s);
  const Registrations r(t);
  EXPECT_TRUE(r.is_registered(primary, 29s));
  EXPECT_FALSE(r.is_registered(primary, 30s));
  EXPECT_TRUE(r.is_registered(secondary, 30s));
}

TEST(Bindings, are_not_made_by_a_query) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER", {.without = {"Contact"}});
  t.at(5ms).to_device(primary).response(200, {.contact = "sip:1001@10.0.0.9"});
  const Registrations r(t);
  EXPECT_TRUE(r.attempts.empty()) << "it asks for no binding";
  EXPECT_TRUE(r.bindings.empty());
}

// --- ALG-KNOWNDOWN -------------------------------------------------------------------------------

TEST(KnownDown, follows_the_newest_finished_attempt) {
  TraceBuilder t;
  t.registration(primary, 0s, 60s);
  t.at(55s).from_device(primary).request("REGISTER");  // fails at 87 s
  t.registration(primary, 100s, 60s);
  t.ends(200s);
  const Registrations r(t);
  EXPECT_FALSE(r.knows_down(primary, 50s));
  EXPECT_FALSE(r.knows_down(primary, 86s)) << "Timer F has not ended the attempt yet";
  EXPECT_TRUE(r.knows_down(primary, 88s));
  EXPECT_TRUE(r.knows_down(primary, 100s));
  EXPECT_FALSE(r.knows_down(primary, 101s));
  EXPECT_FALSE(r.knows_down(secondary, 88s));
}

TEST(KnownDown, a_refusal_tells_the_device_at_once) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.at(10ms).to_device(primary).response(503);
  const Registrations r(t);
  EXPECT_TRUE(r.knows_down(primary, 1s));
}

TEST(KnownDown, is_false_before_the_first_attempt_is_over) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER");
  t.ends(60s);
  const Registrations r(t);
  EXPECT_FALSE(r.knows_down(primary, 10s));
}

TEST(KnownDown, an_answer_to_one_attempt_outweighs_an_older_failure_that_ended_later) {
  TraceBuilder t;
  t.at(0s).from_device(primary).request("REGISTER", {.cseq = 1});
  const MessageId second = t.at(31s).request("REGISTER", {.cseq = 2});  // ends the first one
  t.at(31500ms).to_device(primary).response(200, {.to = second});
  t.ends(60s);
  const Registrations r(t);
  EXPECT_TRUE(r.knows_down(primary, 31200ms));
  EXPECT_FALSE(r.knows_down(primary, 40s));
}

}  // namespace
}  // namespace sipharness::observed
