// The provisioning server as a function. What the served files say is read by an independent reader
// in tests/e2e/phone_test.py too.

#include "fake_servers/provisioning.hpp"

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

namespace fake_servers {
namespace {

using sipharness::Endpoint;
using sipharness::Expected;
using sipharness::IpAddress;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
namespace scenario = sipharness::scenario;
using namespace std::chrono_literals;

constexpr std::string_view mac = "c074ad000001";
constexpr std::string_view agent =
    "Grandstream Model HW GRP2614 V1.2A SW 1.0.5.15 DevId c074ad000001";

class Configuration : public testing::Test {
 protected:
  Configuration() {
    situation_.servers.resize(2);
    situation_.servers[0].name = "primary";
    situation_.servers[0].address = IpAddress::parse("192.0.2.10");
    situation_.servers[0].port = 5070;
    situation_.servers[1].name = "secondary";
    situation_.servers[1].address = IpAddress::parse("2001:db8::1");
    profile_.kind = "phone";
    profile_.register_expiration = 2min;
    profile_.reregister_before = 20s;
    profile_.max_request_retries = 2;
  }
  Expected<std::vector<PhoneSetting>> settings() const {
    return settings_for({situation_, profile_, "s3cret<&>", *Endpoint::parse("192.0.2.1:8080")});
  }
  /// P-number or alias, and value, as the file has them.
  std::map<std::string, std::string> file(ProvisioningForm form) const {
    const std::string text = provisioning_xml(settings().value(), mac, form);
    pugi::xml_document document;
    EXPECT_TRUE(document.load_string(text.c_str()));
    const pugi::xml_node root = document.child("gs_provision");
    EXPECT_STREQ(root.attribute("version").value(), "1");
    EXPECT_EQ(root.child_value("mac"), mac);
    std::map<std::string, std::string> values;
    for (const pugi::xml_node node : root.child("config").children()) {
      const char* const name =
          form == ProvisioningForm::p_values ? node.name() : node.attribute("name").value();
      EXPECT_TRUE(values.emplace(name, node.child_value()).second) << name << " stands there twice";
    }
    return values;
  }
  std::string problem() const { return settings() ? "" : settings().error().text(); }

  scenario::Scenario situation_;
  scenario::Profile profile_;
};

TEST_F(Configuration, is_written_by_numbers) {
  const auto values = file(ProvisioningForm::p_values);
  const std::map<std::string, std::string> expected{{"P271", "1"},
                                                    {"P47", "192.0.2.10:5070"},
                                                    {"P2312", "[2001:db8::1]:5060"},
                                                    {"P48", ""},
                                                    {"P2333", ""},
                                                    {"P2375", ""},
                                                    {"P35", "1001"},
                                                    {"P36", "1001"},
                                                    {"P34", "s3cret<&>"},
                                                    {"P32", "2"},
                                                    {"P2330", "20"},
                                                    {"P138", "20"},
                                                    {"P209", "50"},
                                                    {"P250", "400"},
                                                    {"P40", "5060"},
                                                    {"P78", "0"},
                                                    {"P103", "0"},
                                                    {"P52", "0"},
                                                    {"P130", "0"},
                                                    {"P31", "1"},
                                                    {"P99", "0"},
                                                    {"P2347", "0"},
                                                    {"P81", "0"},
                                                    {"P60055", "2"},
                                                    {"P32050", "1"},
                                                    {"P32051", "0"},
                                                    {"P32052", "192.0.2.1"},
                                                    {"P26051", "60"},
                                                    {"P2397", "0"},
                                                    {"P2395", "0"}};
  for (const auto& [name, value] : expected) {
    ASSERT_TRUE(values.contains(name)) << name;
    EXPECT_EQ(values.at(name), value) << name;
  }
  EXPECT_THAT(values.at("P8313"), AllOf(HasSubstr("192.0.2.1:8080/action/establishedCall?"),
                                        HasSubstr("remote=$remote&call=$call-id")));
}

TEST_F(Configuration, is_written_by_aliases) {
  const auto values = file(ProvisioningForm::aliases);
  EXPECT_EQ(values.at("account.1.sip.server.1.address"), "192.0.2.10:5070");
  EXPECT_EQ(values.at("account.1.sip.registerExpiration"), "2");
  EXPECT_EQ(values.at("account.1.sip.timer.t1"), "0.5sec");
  EXPECT_EQ(values.at("account.1.sip.timer.t2"), "4sec");
  EXPECT_EQ(values.at("account.1.network.dnsMode"), "ARecord");
  EXPECT_EQ(values.at("account.1.sip.registration"), "Yes");
  EXPECT_EQ(values.at("network.rtp.useRandomPort"), "No");
  EXPECT_EQ(values.at("account.1.sip.subscriber.password"), "s3cret<&>");
}

TEST_F(Configuration, gives_a_name_where_the_scenario_does) {
  situation_.servers[0].host = "p.test";
  EXPECT_EQ(file(ProvisioningForm::p_values).at("P47"), "p.test:5070");
}

TEST_F(Configuration, gives_a_name_alone_where_srv_says_more) {
  situation_.servers[0].host = "p.test";
  situation_.servers[0].by_srv = true;
  EXPECT_EQ(file(ProvisioningForm::p_values).at("P47"), "p.test");
  EXPECT_EQ(file(ProvisioningForm::p_values).at("P103"), "1");
}

TEST_F(Configuration, says_what_a_phone_cannot_be_set_to) {
  profile_.timers.t1 = 250ms;
  EXPECT_THAT(problem(), AllOf(HasSubstr("250ms"), HasSubstr("500ms, 1s, 2s")));
  profile_.timers.t1 = 500ms;
  profile_.register_expiration = 90s;
  EXPECT_THAT(problem(), AllOf(HasSubstr("90s"), HasSubstr("whole minutes")));
  profile_.register_expiration = 0s;
  EXPECT_THAT(problem(), HasSubstr("0s"));
}

TEST_F(Configuration, leaves_out_a_password_that_is_not_to_be_had) {
  const auto without =
      settings_for({situation_, profile_, std::nullopt, *Endpoint::parse("192.0.2.1:8080")});
  for (const PhoneSetting& setting : without.value()) EXPECT_NE(setting.p, "P34");
}

class Serving : public Configuration {
 protected:
  Provisioning::Answer ask(std::string_view target, std::string_view user_agent = agent,
                           std::string_view method = "GET") {
    return server_.answer({method, target, user_agent});
  }
  Provisioning server_{settings().value(), ProvisioningForm::p_values, std::nullopt};
};

TEST_F(Serving, hands_out_the_file_of_the_phone_that_says_who_it_is) {
  const auto answer = ask("/cfgc074ad000001.xml");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.kind, Provisioning::Kind::served);
  EXPECT_THAT(answer.body, HasSubstr("<P47>192.0.2.10:5070</P47>"));
  EXPECT_THAT(answer.note,
              AllOf(HasSubstr("GRP2614"), HasSubstr("1.0.5.15"), Not(HasSubstr("s3c"))));
  EXPECT_EQ(server_.mac(), mac);
}

TEST_F(Serving, knows_no_other_file) {
  for (const char* target :
       {"/", "/cfg.xml", "/cfggrp2614.xml", "/cfgc074ad000001", "/cfgc074ad000001.bin",
        "/devc074ad000001.cfg", "/grp2600fw.bin", "/../cfgc074ad000001.xml", "/etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd", "/cfg../../../../etc.xml", "/cfg%2e%2e%2f%2e%2e.xml",
        "/x/cfgc074ad000001.xml", "//cfgc074ad000001.xml", "/cfgc074ad00000g.xml", ""}) {
    const auto answer = ask(target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(answer.kind, Provisioning::Kind::no_such_file) << target;
    EXPECT_EQ(answer.body, "") << target;
  }
  EXPECT_EQ(ask("/cfgc074ad000001.xml", agent, "POST").status, 404);
  EXPECT_FALSE(server_.mac().has_value());
}

TEST_F(Serving, tells_of_a_phone_that_is_not_ours) {
  const auto nameless = ask("/cfgc074ad000001.xml", "curl/7.88");
  EXPECT_EQ(nameless.kind, Provisioning::Kind::unknown_mac);
  EXPECT_THAT(nameless.note, HasSubstr("--phone-mac c074ad000001"));
  const auto liar = ask("/cfgc074ad000002.xml");
  EXPECT_EQ(liar.kind, Provisioning::Kind::unknown_mac);
  EXPECT_EQ(ask("/cfgc074ad000001.xml").status, 200);
  const auto other = ask("/cfgc074ad000002.xml");
  EXPECT_EQ(other.status, 404);
  EXPECT_THAT(other.note,
              AllOf(HasSubstr("c074ad000002"), HasSubstr("under test is c074ad000001")));
}

TEST_F(Serving, needs_no_user_agent_once_the_mac_was_given) {
  server_ = Provisioning(settings().value(), ProvisioningForm::aliases, std::string(mac));
  EXPECT_THAT(ask("/cfgC074AD000001.xml", "").body, HasSubstr("account.1.sip.server.1.address"));
}

TEST(Mac, is_read_with_and_without_colons) {
  EXPECT_EQ(parse_mac("C0:74:AD:00:00:01"), mac);
  EXPECT_EQ(parse_mac("c0-74-ad-00-00-01"), mac);
  EXPECT_EQ(parse_mac("c074ad000001"), mac);
  EXPECT_FALSE(parse_mac("c074ad00000").has_value());
  EXPECT_FALSE(parse_mac("c074ad00000g").has_value());
  EXPECT_FALSE(parse_mac("").has_value());
}

TEST(PhoneAgent, is_read_as_phones_write_it) {
  const auto w =
      parse_phone_agent("Grandstream Model HW GRP2601W SW 1.0.7.32 DevId EC:74:D7:89:1A:76");
  ASSERT_TRUE(w.has_value());
  EXPECT_EQ(w->model, "GRP2601W");
  EXPECT_EQ(w->firmware, "1.0.7.32");
  EXPECT_EQ(w->mac, "ec74d7891a76");
  EXPECT_EQ(parse_phone_agent(agent)->firmware, "1.0.5.15");
  for (const char* other :
       {"", "curl/7.88", "Grandstream Model HW", "Grandstream Model HW GRP2614 SW",
        "Grandstream Model HW GRP2614 SW 1 DevId", "Grandstream Model HW  SW  DevId ",
        "Grandstream Model HW GRP2614 SW 1.0 DevId nonsense"})
    EXPECT_FALSE(parse_phone_agent(other).has_value()) << other;
}

}  // namespace
}  // namespace fake_servers
