// The small parts of a fake server, each alone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_servers/event_state.hpp"
#include "fake_servers/packet_log.hpp"
#include "fake_servers/postponer.hpp"
#include "fake_servers/recent_map.hpp"
#include "fake_servers/server_core.hpp"
#include "harness/base/rng.hpp"
#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(RecentMap, remembers_the_last_keys_and_forgets_old_ones) {
  RecentMap<int, int> map(10);
  for (int i = 0; i < 100; ++i) map[i] = i;
  for (int i = 90; i < 100; ++i) {
    ASSERT_NE(map.find(i), nullptr) << i;
    EXPECT_EQ(*map.find(i), i);
  }
  EXPECT_EQ(map.find(0), nullptr);
}

TEST(RecentMap, a_key_in_use_stays) {
  RecentMap<int, int> map(10);
  map[-1] = 42;
  for (int i = 0; i < 100; ++i) {
    map[i] = i;
    ASSERT_NE(map.find(-1), nullptr) << i;
  }
  EXPECT_EQ(*map.find(-1), 42);
}

TEST(RecentMap, is_empty_until_something_is_put_in) {
  RecentMap<int, int> map(1);
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.find(1), nullptr);
  map[1] = 1;
  EXPECT_FALSE(map.empty());
}

TEST(PacketLog, counts_the_occurrences_of_one_name) {
  sipharness::world_sim::SimulatedWorld world;
  Recorder recorder(world);
  PacketLog log(recorder, "primary");
  const sip::Hop hop{Transport::udp, server_endpoint, client_endpoint};
  const sip::Hop elsewhere{Transport::udp, server_endpoint, endpoint("10.0.0.2:5060")};
  constexpr std::string_view same = "SAME sip:a SIP/2.0\r\n\r\n";
  constexpr std::string_view other = "OTHER sip:a SIP/2.0\r\n\r\n";
  for (const auto& [to, bytes] : {std::pair(hop, same), std::pair(hop, same), std::pair(hop, other),
                                  std::pair(elsewhere, same)})
    log.sent(to, bytes);
  log.sent(hop, "\r\n\r\n");
  std::vector<std::uint32_t> occurrences;
  for (const auto& sent : recorder.all<journal::Sent>())
    occurrences.push_back(sent.packet.occurrence);
  EXPECT_THAT(occurrences, ElementsAre(0, 1, 0, 0));
}

TEST(PacketLog, what_was_ignored_runs_the_other_way_and_is_counted_by_itself) {
  sipharness::world_sim::SimulatedWorld world;
  Recorder recorder(world);
  PacketLog log(recorder, "primary");
  const sip::Hop hop{Transport::tcp, server_endpoint, client_endpoint};
  log.sent(hop, "bytes");
  log.ignored(hop, "bytes", "the rule");
  const auto ignored = recorder.all<journal::Ignored>();
  ASSERT_EQ(ignored.size(), 1u);
  EXPECT_EQ(ignored[0].packet,
            (journal::PacketName{Transport::tcp, client_endpoint, server_endpoint,
                                 sipharness::fnv1a("bytes"), 0}));
  EXPECT_EQ(ignored[0].rule, "the rule");
}

TEST(Postponer, runs_calls_in_their_time_and_refuses_too_many) {
  sipharness::world_sim::SimulatedWorld world;
  Postponer postponer(world);
  std::vector<int> ran;
  EXPECT_TRUE(postponer.call_after(2s, [&] { ran.push_back(2); }));
  EXPECT_TRUE(postponer.call_after(1s, [&] { ran.push_back(1); }));
  for (std::size_t i = 2; i < Postponer::max_pending; ++i)
    ASSERT_TRUE(postponer.call_after(1h, [] {}));
  EXPECT_FALSE(postponer.call_after(1s, [&] { ran.push_back(3); }));
  world.run(TimePoint{} + 3s);
  EXPECT_THAT(ran, ElementsAre(1, 2));
  EXPECT_TRUE(postponer.call_after(1s, [] {})) << "room again";
}

TEST(EventState, every_package_has_a_body_of_its_type) {
  for (const std::string_view event : {"message-summary", "dialog", "presence", "reg"}) {
    SCOPED_TRACE(event);
    ASSERT_TRUE(is_event_package(event));
    const EventState state = event_state(event, "sip:1001@10.0.0.11", 3);
    EXPECT_THAT(std::string(state.content_type), HasSubstr("application/"));
    EXPECT_THAT(state.body, HasSubstr("sip:1001@10.0.0.11"));
    EXPECT_THAT(state.body, Not(HasSubstr("{")));
  }
  EXPECT_FALSE(is_event_package("conference"));
}

TEST(EventState, counts_versions_and_survives_a_hostile_entity) {
  EXPECT_THAT(event_state("dialog", "x", 7).body, HasSubstr("version=\"7\""));
  EXPECT_THAT(event_state("dialog", "a\"><{0}&", 0).body, HasSubstr("a&quot;>&lt;{0}&amp;"));
}

struct WayCase {
  const char* name;
  const char* uri;
  Transport arrived;
  sip::Hop expected;
};

class Way : public testing::TestWithParam<WayCase> {};

TEST_P(Way, leads_back_on_streams_and_to_the_uri_otherwise) {
  const sip::Hop arrived{GetParam().arrived, server_endpoint, endpoint("10.0.0.1:40000")};
  EXPECT_EQ(hop_towards(GetParam().uri, arrived), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    HopTowards, Way,
    testing::Values(WayCase{"contact",
                            "sip:1001@10.0.0.1:5060",
                            Transport::udp,
                            {Transport::udp, server_endpoint, client_endpoint}},
                    WayCase{"contact_by_tcp",
                            "sip:1001@10.0.0.1:5060;transport=tcp",
                            Transport::udp,
                            {Transport::tcp, server_endpoint, client_endpoint}},
                    WayCase{"stream",
                            "sip:1001@10.0.0.1:5060",
                            Transport::tcp,
                            {Transport::tcp, server_endpoint, endpoint("10.0.0.1:40000")}},
                    WayCase{"a_name",
                            "sip:1001@phone.test",
                            Transport::udp,
                            {Transport::udp, server_endpoint, endpoint("10.0.0.1:40000")}},
                    WayCase{"unreadable",
                            "??",
                            Transport::udp,
                            {Transport::udp, server_endpoint, endpoint("10.0.0.1:40000")}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fake_servers::test
