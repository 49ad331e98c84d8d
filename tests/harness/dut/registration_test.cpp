#include <gmock/gmock.h>

#include "tests/harness/dut/ua_rig.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using sip::HeaderId;
using sip::Method;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string header_of(const Arrival& arrival, HeaderId header) {
  return std::string(arrival.view().header(header));
}

TEST(Registration, goes_to_both_servers_at_boot_and_says_what_it_must) {
  UaRig rig;
  rig.boot();
  rig.run_until(30s);
  ASSERT_THAT(rig.primary.times(Method::register_), ElementsAre(0));
  ASSERT_THAT(rig.secondary.times(Method::register_), ElementsAre(0));
  const Arrival first = rig.primary.last(Method::register_);
  EXPECT_FALSE(first.view().problem().has_value());
  EXPECT_EQ(first.view().request_uri(), "sip:127.0.0.11:5070");
  EXPECT_EQ(header_of(first, HeaderId::to), "<sip:1001@127.0.0.11>");
  EXPECT_THAT(header_of(first, HeaderId::from), HasSubstr("<sip:1001@127.0.0.11>;tag="));
  EXPECT_EQ(header_of(first, HeaderId::contact), "<sip:1001@127.0.0.1:5062>");
  EXPECT_EQ(header_of(first, HeaderId::expires), "120");
  EXPECT_EQ(header_of(first, HeaderId::max_forwards), "70");
  EXPECT_EQ(header_of(first, HeaderId::user_agent), "sipharness-reference/0.1");
  EXPECT_TRUE(first.view().via().has_rport);
  EXPECT_NE(first.view().call_id(), rig.secondary.last(Method::register_).view().call_id());
}

TEST(Registration, is_refreshed_at_both_servers_before_it_lapses) {  // T-7, s03
  UaRig rig;
  rig.boot();
  rig.run_until(410s);
  for (const ScriptedServer* server : {&rig.primary, &rig.secondary}) {
    EXPECT_THAT(server->times(Method::register_), ElementsAre(0, 100, 200, 300, 400));
    std::uint32_t cseq = 0;
    for (const Arrival& arrival : server->all(Method::register_)) {
      EXPECT_EQ(arrival.view().cseq(), ++cseq);
      EXPECT_EQ(arrival.view().call_id(), server->arrivals.front().view().call_id());
    }
  }
}

TEST(Registration, that_nobody_answers_is_repeated_by_timer_e_and_tried_again) {  // T-7, s06
  UaRig rig;
  rig.primary.silent = true;
  rig.boot();
  rig.run_until(55s);
  EXPECT_THAT(
      rig.primary.times(Method::register_),
      ElementsAre(0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5, 52, 52.5, 53.5));
  EXPECT_THAT(rig.secondary.times(Method::register_), ElementsAre(0));
}

TEST(Registration, at_the_secondary_keeps_its_period_while_the_primary_is_down) {  // T-7, s12
  UaRig rig;
  rig.do_at(90s, [&] { rig.primary.silent = true; });
  rig.boot();
  rig.run_until(320s);
  EXPECT_THAT(rig.secondary.times(Method::register_), ElementsAre(0, 100, 200, 300));
  const auto primary = rig.primary.times(Method::register_);
  ASSERT_GE(primary.size(), 13U);
  EXPECT_EQ(primary[1], 100);
  EXPECT_EQ(primary[11], 131.5);
  EXPECT_EQ(primary[12], 152) << "20 s after Timer F";
}

TEST(Registration, follows_what_the_server_grants) {
  struct Case {
    const char* name;
    std::optional<int> grant;
    Duration before;
    double second_register;
  };
  for (const Case& c : {Case{"shortened", 60, 20s, 40}, Case{"no margin set", 60, 0s, 55},
                        Case{"margin longer than the grant", 20, 30s, 10}}) {
    SCOPED_TRACE(c.name);
    UaRig rig;
    rig.profile.reregister_before = c.before;
    rig.primary.grant = c.grant;
    rig.boot();
    rig.run_until(60s);
    ASSERT_GE(rig.primary.times(Method::register_).size(), 2U);
    EXPECT_EQ(rig.primary.times(Method::register_)[1], c.second_register);
  }
}

TEST(Registration, takes_its_own_contact_before_others_and_before_the_expires_header) {
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    rig.primary.reply(request, 200, [&](sip::MessageBuilder& response) {
      response.header(HeaderId::contact, "<sip:other@192.0.2.7>;expires=5")
          .header(HeaderId::contact, header_of(request, HeaderId::contact) + ";expires=60")
          .header(HeaderId::expires, "3600");
    });
    return true;
  };
  rig.boot();
  rig.run_until(50s);
  EXPECT_THAT(rig.primary.times(Method::register_), ElementsAre(0, 40));
}

TEST(Registration, answers_a_challenge_and_counts_the_nonce) {
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().has(HeaderId::authorization)) return false;
    rig.primary.reply(request, 401, [](sip::MessageBuilder& response) {
      response.header(HeaderId::www_authenticate,
                      R"(Digest realm="p", nonce="n1", qop="auth", algorithm=MD5)");
    });
    return true;
  };
  rig.boot();
  rig.run_until(110s);
  const auto registers = rig.primary.all(Method::register_);
  ASSERT_THAT(registers, SizeIs(3)) << "challenge, answer, refresh with the cached nonce";
  for (std::size_t i = 1; i < registers.size(); ++i) {
    const auto credentials =
        sip::parse_credentials(registers[i].view().header(HeaderId::authorization));
    ASSERT_TRUE(credentials);
    EXPECT_TRUE(sip::verify_credentials(*credentials, "secret", "REGISTER"));
    EXPECT_EQ(credentials->nc, i == 1 ? "00000001" : "00000002");
    EXPECT_EQ(registers[i].view().cseq(), i + 1);
  }
}

TEST(Registration, answers_the_topmost_challenge_whose_algorithm_it_knows) {
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().has(HeaderId::authorization)) return false;
    rig.primary.reply(request, 401, [](sip::MessageBuilder& response) {
      for (const char* algorithm : {"SHA-512-256", "SHA-256", "MD5"})
        response.header(
            HeaderId::www_authenticate,
            std::string(R"(Digest realm="p", nonce="n1", qop="auth", algorithm=)") + algorithm);
    });
    return true;
  };
  rig.boot();
  rig.run_until(5s);
  const std::string proof = header_of(rig.primary.last(Method::register_), HeaderId::authorization);
  EXPECT_THAT(proof, HasSubstr("algorithm=SHA-256"));
  EXPECT_TRUE(sip::verify_credentials(*sip::parse_credentials(proof), "secret", "REGISTER"));
}

TEST(Registration, sends_rejected_credentials_again_only_after_the_retry_wait) {
  UaRig rig;
  int nonce = 0;
  rig.primary.script = [&](const Arrival& request) {
    rig.primary.reply(request, 401, [&](sip::MessageBuilder& response) {
      response.header(HeaderId::www_authenticate, "Digest realm=\"p\", nonce=\"n" +
                                                      std::to_string(++nonce) + "\", qop=\"auth\"");
    });
    return true;
  };
  rig.boot();
  rig.run_until(25s);
  EXPECT_THAT(rig.primary.times(Method::register_), ElementsAre(0, 0, 20, 20));
}

TEST(Registration, tries_a_stale_nonce_again_at_once) {
  UaRig rig;
  int challenges = 0;
  rig.primary.script = [&](const Arrival& request) {
    if (++challenges > 2) return false;
    rig.primary.reply(request, 401, [&](sip::MessageBuilder& response) {
      response.header(HeaderId::www_authenticate,
                      "Digest realm=\"p\", nonce=\"n" + std::to_string(challenges) +
                          "\", qop=\"auth\"" + (challenges == 2 ? ", stale=true" : ""));
    });
    return true;
  };
  rig.boot();
  rig.run_until(5s);
  ASSERT_THAT(rig.primary.times(Method::register_), ElementsAre(0, 0, 0));
  EXPECT_THAT(header_of(rig.primary.last(Method::register_), HeaderId::authorization),
              HasSubstr("nc=00000001"));
}

TEST(Registration, asks_for_the_interval_that_a_423_wants) {
  UaRig rig;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().expires().value_or(0) >= 600) return false;
    rig.primary.reply(request, 423, [](sip::MessageBuilder& response) {
      response.header(HeaderId::min_expires, "600");
    });
    return true;
  };
  rig.boot();
  rig.run_until(590s);
  EXPECT_THAT(rig.primary.times(Method::register_), ElementsAre(0, 0, 580));
  EXPECT_EQ(header_of(rig.primary.last(Method::register_), HeaderId::expires), "600");
}

TEST(Registration, leaves_a_server_alone_after_a_refusal) {
  struct Case {
    const char* name;
    int status;
    const char* retry_after;
    double next;
  };
  for (const Case& c : {Case{"503 with Retry-After", 503, "90", 90}, Case{"bare 503", 503, "", 20},
                        Case{"500", 500, "", 20}, Case{"forbidden", 403, "", 1200}}) {
    SCOPED_TRACE(c.name);
    UaRig rig;
    rig.primary.script = [&](const Arrival& request) {
      if (rig.primary.all(Method::register_).size() > 1) return false;
      rig.primary.reply(request, c.status, [&](sip::MessageBuilder& response) {
        if (*c.retry_after != 0) response.header(HeaderId::retry_after, c.retry_after);
      });
      return true;
    };
    rig.boot();
    rig.run_until(from_seconds(c.next) + 10s);
    EXPECT_THAT(rig.primary.times(Method::register_), ElementsAre(0, c.next));
  }
}

TEST(Registration, of_a_closed_port_fails_at_once_and_waits) {
  UaRig rig;
  rig.primary.close();
  rig.boot();
  rig.perform_at(5s, DeviceVerb::dial, "2002");
  rig.run_until(6s);
  EXPECT_THAT(rig.secondary.times(Method::invite), testing::Not(IsEmpty()));
}

TEST(Registration, is_taken_back_at_shutdown_and_made_anew_at_restart) {
  UaRig rig;
  rig.boot();
  rig.perform_at(60s, DeviceVerb::shutdown);
  rig.perform_at(80s, DeviceVerb::boot);
  rig.run_until(90s);
  for (const ScriptedServer* server : {&rig.primary, &rig.secondary}) {
    const auto registers = server->all(Method::register_);
    ASSERT_THAT(server->times(Method::register_), ElementsAre(0, 60, 80));
    EXPECT_EQ(header_of(registers[1], HeaderId::expires), "0");
    EXPECT_EQ(registers[2].view().cseq(), 1U);
    EXPECT_NE(registers[2].view().call_id(), registers[0].view().call_id());
    EXPECT_NE(registers[2].view().from_tag(), registers[0].view().from_tag());
  }
}

TEST(Registration, runs_over_tcp_when_the_profile_says_so) {
  UaRig rig;
  rig.profile.transport = Transport::tcp;
  rig.boot();
  rig.run_until(105s);
  EXPECT_THAT(rig.primary.times(Method::register_), ElementsAre(0, 100));
  const Arrival first = rig.primary.all(Method::register_).front();
  EXPECT_EQ(first.hop.transport, Transport::tcp);
  EXPECT_EQ(first.view().via().transport, "TCP");
  EXPECT_THAT(header_of(first, HeaderId::contact), HasSubstr(";transport=tcp"));
}

TEST(Registration, leaves_early_when_the_profile_limits_the_repeats) {  // AMB-17
  UaRig rig;
  rig.profile.max_request_retries = 2;
  rig.primary.silent = true;
  rig.boot();
  rig.run_until(23900ms);
  EXPECT_THAT(rig.primary.times(Method::register_), ElementsAre(0, 0.5, 1.5, 23.5));
}

TEST(Subscription, goes_to_both_servers_but_message_waiting_to_the_primary_alone) {
  UaRig rig;
  rig.profile.subscriptions = {"dialog"};
  rig.profile.mwi_subscribe = true;
  rig.profile.subscribe_expiration = 2min;
  rig.boot();
  rig.run_until(115s);
  EXPECT_THAT(rig.primary.times(Method::subscribe), ElementsAre(0, 0, 110, 110));
  EXPECT_THAT(rig.secondary.times(Method::subscribe), ElementsAre(0, 110));
  std::vector<std::string> events;
  for (const Arrival& arrival : rig.primary.all(Method::subscribe))
    events.push_back(header_of(arrival, HeaderId::event));
  EXPECT_THAT(events, ElementsAre("dialog", "message-summary", "dialog", "message-summary"));
  EXPECT_EQ(rig.secondary.last(Method::subscribe).view().to_tag(), "tag5080");
}

TEST(Subscription, answers_its_notify_and_begins_anew_when_it_is_terminated) {
  UaRig rig;
  rig.profile.subscriptions = {"dialog"};
  rig.boot();
  rig.do_at(10s, [&] {
    rig.primary.notify(rig.primary.last(Method::subscribe),
                       "terminated;reason=probation;retry-after=5");
  });
  rig.run_until(20s);
  EXPECT_THAT(rig.primary.statuses(), ElementsAre(200, 200, 200));
  ASSERT_THAT(rig.primary.times(Method::subscribe), ElementsAre(0, 15));
  EXPECT_TRUE(rig.primary.last(Method::subscribe).view().to_tag().empty());
}

TEST(Subscription, that_no_notify_confirms_has_failed_after_timer_n) {  // T-6: N = 64*T1
  for (const auto& [t1, again] : {std::pair<Duration, double>{500ms, 52}, {1s, 84}, {2s, 148}}) {
    SCOPED_TRACE(again);
    UaRig rig;
    rig.profile.timers.t1 = t1;
    rig.profile.subscriptions = {"dialog"};
    rig.profile.subscribe_expiration = 4min;
    rig.primary.notifies = false;
    rig.boot();
    rig.run_until(150s);
    ASSERT_GE(rig.primary.times(Method::subscribe).size(), 2U);
    EXPECT_EQ(rig.primary.times(Method::subscribe)[1], again)
        << "32, 64 or 128 s and the retry wait";
    EXPECT_TRUE(rig.primary.last(Method::subscribe).view().to_tag().empty());
    EXPECT_THAT(rig.secondary.times(Method::subscribe), ElementsAre(0));
  }
}

TEST(Subscription, is_not_asked_for_again_where_its_package_is_unknown) {
  UaRig rig;
  rig.profile.subscriptions = {"dialog"};
  rig.profile.subscribe_expiration = 1min;
  rig.primary.script = [&](const Arrival& request) {
    if (request.view().method() != Method::subscribe) return false;
    rig.primary.reply(request, 489);
    return true;
  };
  rig.boot();
  rig.run_until(300s);
  EXPECT_THAT(rig.primary.times(Method::subscribe), ElementsAre(0));
}

TEST(Subscription, to_message_waiting_is_at_the_secondary_while_the_primary_is_down) {
  UaRig rig;
  rig.profile.mwi_subscribe = true;
  rig.primary.silent = true;
  rig.do_at(60s, [&] { rig.primary.silent = false; });
  rig.boot();
  rig.run_until(120s);
  EXPECT_THAT(rig.primary.times(Method::subscribe), ElementsAre(63.5));
  ASSERT_THAT(rig.secondary.times(Method::subscribe), ElementsAre(32, 63.5));
  EXPECT_EQ(header_of(rig.secondary.last(Method::subscribe), HeaderId::expires), "0");
}

}  // namespace
}  // namespace sipharness::dut
