#include "fake_servers/name_server.hpp"

#include <gtest/gtest.h>

#include "tests/fake_servers/stage.hpp"

namespace fake_servers::test {
namespace {

namespace dns = sipharness::dns;

const Endpoint name_server_at = endpoint("10.0.0.13:53");

scenario::Scenario scripted(std::vector<scenario::NameRecord> records) {
  scenario::Scenario scenario;
  scenario::Server primary;
  primary.name = "primary";
  primary.address = sipharness::IpAddress::parse("10.0.0.11");
  scenario.servers.push_back(primary);
  scenario.dns = scenario::NameServer{name_server_at.address, 53, std::move(records)};
  return scenario;
}

scenario::NameRecord to_primary() {
  scenario::NameRecord record;
  record.name = "p.test";
  record.targets.push_back({std::nullopt, "primary"});
  return record;
}

/// Asks once and keeps the answer.
class DnsClient final : public world::DatagramHandler {
 public:
  DnsClient(world::World& world, const dns::Message& question)
      : port_(world.open_datagram(client_endpoint, *this)) {
    port_->send(name_server_at, encode(question));
  }
  std::optional<dns::Message> answer;

 private:
  void on_datagram(const Endpoint&, std::string_view payload) override {
    answer = dns::parse(payload);
  }
  void on_unreachable(const Endpoint&, sipharness::Unreachable) override {}
  std::unique_ptr<world::DatagramPort> port_;
};

/// What the server says to that question at `at`.
std::optional<dns::Message> said(const scenario::Scenario& scenario, const dns::Message& question,
                                 Duration at = 1s) {
  sipharness::world_sim::SimulatedWorld world;
  const NameServer server(world, scenario, world.now());
  EXPECT_TRUE(world.run(TimePoint{} + at));
  DnsClient client(world, question);
  EXPECT_TRUE(world.run(world.now() + 1s));
  return client.answer;
}

const dns::Message a_question{.id = 7, .name = "p.test", .type = dns::RecordType::a};

TEST(NameServer, gives_a_server_s_address) {
  const auto answer = said(scripted({to_primary()}), a_question);
  ASSERT_TRUE(answer && answer->answers.size() == 1);
  EXPECT_EQ(answer->id, 7);
  EXPECT_EQ(answer->answers[0].address.text(), "10.0.0.11");
  EXPECT_EQ(answer->answers[0].time_to_live, std::chrono::seconds(300));
}

TEST(NameServer, has_no_record_of_another_type) {
  dns::Message question = a_question;
  for (const dns::RecordType type : {dns::RecordType::aaaa, dns::RecordType::srv}) {
    question.type = type;
    const auto answer = said(scripted({to_primary()}), question);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->code, dns::ResponseCode::ok);
    EXPECT_TRUE(answer->answers.empty());
  }
}

TEST(NameServer, gives_the_targets_of_a_service) {
  scenario::NameRecord record;
  record.name = "_sip._udp.p.test";
  record.services = {{"a.p.test", 5070, 10, 60}, {"b.p.test", 5080, 20, 0}};
  dns::Message question = a_question;
  question.name = record.name;
  question.type = dns::RecordType::srv;
  const auto answer = said(scripted({record}), question);
  ASSERT_TRUE(answer.has_value());
  const std::vector<dns::Service> expected{{10, 60, 5070, "a.p.test", std::chrono::seconds(300)},
                                           {20, 0, 5080, "b.p.test", std::chrono::seconds(300)}};
  EXPECT_EQ(answer->services, expected);
  question.type = dns::RecordType::a;
  EXPECT_TRUE(said(scripted({record}), question)->services.empty());
}

TEST(NameServer, knows_no_other_name) {
  dns::Message question = a_question;
  question.name = "q.test";
  EXPECT_EQ(said(scripted({to_primary()}), question)->code, dns::ResponseCode::no_such_name);
}

TEST(NameServer, refuses_fails_and_keeps_silent_as_scripted) {
  scenario::NameRecord record = to_primary();
  record.targets.clear();
  record.answer = scenario::NameAnswer::server_failure;
  EXPECT_EQ(said(scripted({record}), a_question)->code, dns::ResponseCode::server_failure);
  record.answer = scenario::NameAnswer::no_such_name;
  EXPECT_EQ(said(scripted({record}), a_question)->code, dns::ResponseCode::no_such_name);
  record.answer = scenario::NameAnswer::silence;
  EXPECT_FALSE(said(scripted({record}), a_question).has_value());
}

TEST(NameServer, changes_its_mind_when_a_record_s_time_comes) {
  scenario::NameRecord before = to_primary();
  before.until = 10s;
  scenario::NameRecord after = to_primary();
  after.targets = {{sipharness::IpAddress::parse("10.0.0.99"), ""}};
  const auto scenario = scripted({before, after});
  EXPECT_EQ(said(scenario, a_question, 5s)->answers.at(0).address.text(), "10.0.0.11");
  EXPECT_EQ(said(scenario, a_question, 15s)->answers.at(0).address.text(), "10.0.0.99");
}

}  // namespace
}  // namespace fake_servers::test
