#include "harness/scenario/profile.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/scenario.hpp"

namespace sipharness::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Profile read(const std::string& text) {
  const Expected<Profile> profile = read_profile(text, "phone.json");
  EXPECT_TRUE(profile.has_value()) << (profile ? "" : profile.error().text());
  return profile.value_or(Profile{});
}

constexpr auto full = R"({
  "name": "grp2614", "kind": "phone", "title": "A handset", "vendor_claims": ["guide"],
  "timers": {"t1": "1s", "t2": "8s", "t4": "6s"},
  "account": {"user": "2000", "auth_user": "two", "password": {"env": "PHONE_PASSWORD"}},
  "register_expiration": "30min", "reregister_before": "40s", "refresh_margin": "7s",
  "reg_retry_wait": "25s", "subscribe_expiration": "10min",
  "subscriptions": ["dialog", "presence"], "mwi_subscribe": true, "max_request_retries": 2,
  "parallel_allowed": true, "rport": false, "transport": "tcp", "registers": false,
  "registers_at_both": false,
  "knows_reregister_before": true, "accept_incoming_from_proxy_only": true,
  "check_sip_user_id": true, "unregisters_on_shutdown": true,
  "session_timer": "3min", "min_se": "2min",
  "options_keepalive": {"interval": "15s", "max_lost": 5},
  "phone": {"passcode": {"file": "/run/passcode"}, "provisioning": "aliases",
            "answer_within": "3s"},
  "tolerances": {"timer": {"absolute": "30ms", "percent": 3}, "fo_grace": "3s",
                 "registration": {"absolute": "4s", "percent": 1.5}, "overlap": "90ms",
                 "nodup": "1s"}
})";

TEST(Account, of_several_devices_are_numbered) {
  const auto user = [](std::string_view first, unsigned device) {
    Account account;
    account.user = first;
    return account_of(account, device).user;
  };
  EXPECT_EQ(user("1001", 0), "1001");
  EXPECT_EQ(user("1001", 49), "1050");
  EXPECT_EQ(user("4294967295", 1), "4294967296");
  EXPECT_EQ(user("anna", 0), "anna");
  EXPECT_EQ(user("anna", 1), "anna2");
  Account proving_otherwise;
  proving_otherwise.auth_user = "me";
  const Account second = account_of(proving_otherwise, 1);
  EXPECT_EQ(second.auth_user, "me");
  EXPECT_EQ(resolve(second.password), "sipharness");
}

TEST(Account, that_is_anyones_is_anyones_for_every_device) {
  const Profile profile = read(R"({"name": "p", "kind": "external", "account": {"user": "*"}})");
  EXPECT_TRUE(profile.account.is_any());
  EXPECT_TRUE(account_of(profile.account, 3).is_any());
  const auto phone =
      read_profile(R"({"name": "p", "kind": "phone", "account": {"user": "*"}})", "phone.json");
  ASSERT_FALSE(phone.has_value());
  EXPECT_THAT(phone.error().text(), HasSubstr("only an external device may have any account"));
}

TEST(Profile, takes_every_setting_from_its_file) {
  const Profile profile = read(full);
  EXPECT_EQ(profile.name, "grp2614");
  EXPECT_EQ(profile.kind, "phone");
  EXPECT_TRUE(profile.claims_guide());
  EXPECT_EQ(profile.timers.t1, 1s);
  EXPECT_EQ(profile.timers.t2, 8s);
  EXPECT_EQ(profile.timers.t4, 6s);
  EXPECT_EQ(profile.account.user, "2000");
  EXPECT_EQ(profile.account.auth_user, "two");
  EXPECT_EQ(profile.register_expiration, 30min);
  EXPECT_EQ(profile.reregister_before, Duration(40s));
  EXPECT_EQ(profile.refresh_margin, 7s);
  EXPECT_EQ(profile.reg_retry_wait, 25s);
  EXPECT_EQ(profile.subscribe_expiration, 10min);
  EXPECT_THAT(profile.subscriptions, ElementsAre("dialog", "presence"));
  EXPECT_TRUE(profile.mwi_subscribe);
  EXPECT_EQ(profile.max_request_retries, 2);
  EXPECT_TRUE(profile.parallel_allowed);
  EXPECT_EQ(profile.rport, false);
  EXPECT_EQ(profile.transport, Transport::tcp);
  EXPECT_FALSE(profile.registers);
  EXPECT_FALSE(profile.registers_at_both);
  EXPECT_TRUE(profile.accept_incoming_from_proxy_only);
  EXPECT_TRUE(profile.check_sip_user_id);
  EXPECT_TRUE(profile.unregisters_on_shutdown);
  EXPECT_EQ(profile.session_timer, Duration(3min));
  EXPECT_EQ(profile.min_se, 2min);
  ASSERT_TRUE(profile.options_keepalive.has_value());
  EXPECT_EQ(profile.options_keepalive->interval, 15s);
  EXPECT_EQ(profile.options_keepalive->max_lost, 5);
}

TEST(Profile, says_how_a_phone_is_driven) {
  const PhoneDriving phone = read(full).phone.value();
  EXPECT_EQ(phone.passcode, (Password{Password::Kind::file, "/run/passcode"}));
  EXPECT_EQ(phone.provisioning, ProvisioningForm::aliases);
  EXPECT_EQ(phone.answer_within, 3s);
  const PhoneDriving plain = read(R"({"name": "p", "kind": "phone", "phone": {}})").phone.value();
  EXPECT_EQ(plain.passcode, std::nullopt);
  EXPECT_EQ(plain.provisioning, ProvisioningForm::p_values);
}

TEST(Profile, takes_every_tolerance_from_its_file) {
  const Tolerances tolerances = read(full).tolerances;
  EXPECT_EQ(tolerances.timer.of(500ms), 30ms);
  EXPECT_EQ(tolerances.timer.of(10s), 300ms);
  EXPECT_EQ(tolerances.fo_grace, 3s);
  EXPECT_EQ(tolerances.registration.of(1000s), 15s);
  EXPECT_EQ(tolerances.overlap, 90ms);
  EXPECT_EQ(tolerances.nodup, 1s);
}

TEST(Profile, reads_back_from_what_is_written) {
  const Profile profile = read(full);
  const std::string written = to_json(profile);
  EXPECT_EQ(read(written), profile);
  EXPECT_EQ(to_json(read(written)), written);
}

TEST(Profile, may_not_say_or_not_have_what_checks_would_hold_it_to) {
  const Profile silent = read(R"({"name": "p", "kind": "external", "register_expiration": "0s",
                                  "knows_reregister_before": false})");
  EXPECT_EQ(silent.register_expiration, std::nullopt);
  EXPECT_EQ(silent.reregister_before, std::nullopt);
  EXPECT_FALSE(silent.knows_timers);
  EXPECT_EQ(silent.reg_retry_wait_403, std::nullopt);
  EXPECT_EQ(silent.transport, std::nullopt);
  EXPECT_EQ(silent.rport, std::nullopt);
  EXPECT_EQ(read(to_json(silent)), silent);
}

TEST(Profile, of_an_external_device_assumes_no_setting) {
  const Profile silent = read(R"({"name": "p", "kind": "external"})");
  EXPECT_EQ(silent.register_expiration, std::nullopt);
  EXPECT_EQ(silent.transport, std::nullopt);
  EXPECT_EQ(silent.rport, std::nullopt);
  EXPECT_EQ(read(to_json(silent)), silent);
  EXPECT_EQ(read(R"({"name": "p", "kind": "phone"})").register_expiration, Duration(60min));
}

TEST(Profile, has_its_account_proved_by_another_name_only_if_it_says_so) {
  EXPECT_EQ(read(full).account.username(), "two");
  EXPECT_EQ(
      read(R"({"name": "p", "kind": "phone", "account": {"auth_user": ""}})").account.auth_user,
      std::nullopt);
}

TEST(Profile, has_no_claims_and_the_tolerances_of_its_kind_by_default) {
  const Profile phone = read(R"({"name": "p", "kind": "phone"})");
  EXPECT_FALSE(phone.claims_guide());
  EXPECT_EQ(phone.tolerances.fo_grace, 2s);
  EXPECT_EQ(phone.tolerances.timer.of(32s), 3200ms);
  EXPECT_EQ(phone.timers.t1, 500ms);
  EXPECT_FALSE(phone.max_request_retries.has_value());
  EXPECT_FALSE(phone.options_keepalive.has_value());
}

TEST(Profile, sends_options_every_30s_and_bears_three_losses_unless_it_says_otherwise) {
  const Profile phone = read(R"({"name": "p", "kind": "phone", "options_keepalive": {}})");
  ASSERT_TRUE(phone.options_keepalive.has_value());
  EXPECT_EQ(phone.options_keepalive->interval, 30s);
  EXPECT_EQ(phone.options_keepalive->max_lost, 3);
}

struct ToleranceCase {
  std::string kind;
  Duration timer_of_t1;
  Duration grace;
  Duration registration_of_120s;
  Duration overlap;
  Duration nodup;
};

TEST(Profile, tolerances_follow_the_table_of_the_catalogue) {
  const std::vector<ToleranceCase> cases{{"reference", 20ms, 200ms, 600ms, 50ms, 500ms},
                                         {"process", 60ms, 1s, 1200ms, 200ms, 2s},
                                         {"phone", 100ms, 2s, 2400ms, 200ms, 2s},
                                         {"external", 100ms, 2s, 2400ms, 200ms, 2s}};
  for (const ToleranceCase& c : cases) {
    SCOPED_TRACE(c.kind);
    const Tolerances tolerances = default_tolerances(c.kind);
    EXPECT_EQ(tolerances.timer.of(500ms), c.timer_of_t1);
    EXPECT_EQ(tolerances.fo_grace, c.grace);
    EXPECT_EQ(tolerances.registration.of(120s), c.registration_of_120s);
    EXPECT_EQ(tolerances.overlap, c.overlap);
    EXPECT_EQ(tolerances.nodup, c.nodup);
  }
}

TEST(Profile, several_errors_are_told_together_a_line_each) {
  const Expected<Profile> profile =
      read_profile("{\n\"name\": 7,\n\"kind\": \"fone\",\n\"rport\": 1}", "phone.json");
  ASSERT_FALSE(profile.has_value());
  EXPECT_EQ(profile.error().text(),
            "phone.json:2:9: /name: found 7; allowed is a string\n"
            "phone.json:3:9: /kind: found \"fone\"; allowed is reference, process, phone or "
            "external; did you mean \"phone\"?\n"
            "phone.json:4:10: /rport: found 1; allowed is true or false");
}

TEST(Password, from_the_environment_is_found_and_never_written) {
  ASSERT_EQ(setenv("SIPHARNESS_TEST_PASSWORD", "do not tell", 1), 0);
  const Profile profile = read(R"({"name": "p", "kind": "phone",
      "account": {"password": {"env": "SIPHARNESS_TEST_PASSWORD"}}})");
  EXPECT_EQ(resolve(profile.account.password), "do not tell");
  EXPECT_THAT(to_json(profile), HasSubstr("SIPHARNESS_TEST_PASSWORD"));
  EXPECT_THAT(to_json(profile), Not(HasSubstr("do not tell")));
}

TEST(Password, from_a_file_is_its_first_line) {
  const std::string path = testing::TempDir() + "sipharness_password";
  std::ofstream(path) << "first\nsecond\n";
  EXPECT_EQ(resolve(Password{Password::Kind::file, path}), "first");
  std::filesystem::remove(path);
}

TEST(Password, for_tests_is_public) {
  const Profile profile =
      read(R"({"name": "p", "kind": "phone", "account": {"password": {"test": "1234"}}})");
  EXPECT_EQ(resolve(profile.account.password), "1234");
  EXPECT_THAT(to_json(profile), HasSubstr("1234"));
}

TEST(Password, that_is_not_to_be_had_is_nothing) {
  EXPECT_EQ(resolve(Password{Password::Kind::env, "SIPHARNESS_NO_SUCH_VARIABLE"}), std::nullopt);
  EXPECT_EQ(resolve(Password{Password::Kind::file, "/no/such/file"}), std::nullopt);
  EXPECT_EQ(resolve(std::nullopt), std::nullopt);
}

TEST(Password, of_an_account_without_one_is_none_also_when_read_back) {
  const Profile profile = read(R"({"name": "p", "kind": "phone", "account": {"user": "7"}})");
  EXPECT_EQ(profile.account.password, std::nullopt);
  EXPECT_EQ(read(to_json(profile)).account.password, std::nullopt);
}

TEST(Configured, gives_the_device_what_the_scenario_sets_and_leaves_the_rest) {
  const Profile profile = read(full);
  Scenario scenario;
  scenario.configure.register_expiration = 2min;
  scenario.configure.reregister_before = 20s;
  scenario.configure.subscriptions = {"dialog"};
  scenario.configure.transport = Transport::udp;
  scenario.configure.options_keepalive = OptionsKeepAlive{.interval = 20s, .max_lost = 2};
  const Profile given = configured(profile, scenario);
  EXPECT_EQ(given.register_expiration, 2min);
  EXPECT_EQ(given.reregister_before, 20s);
  EXPECT_THAT(given.subscriptions, ElementsAre("dialog"));
  EXPECT_EQ(given.transport, Transport::udp);
  ASSERT_TRUE(given.options_keepalive.has_value());
  EXPECT_EQ(given.options_keepalive->interval, 20s);
  EXPECT_EQ(given.options_keepalive->max_lost, 2);
  EXPECT_EQ(given.subscribe_expiration, 10min);
  EXPECT_TRUE(given.mwi_subscribe);
  EXPECT_EQ(given.name, "grp2614");
}

TEST(Configured, keeps_no_setting_that_the_device_does_not_have) {
  Profile softphone;
  softphone.reregister_before.reset();
  Scenario scenario;
  scenario.configure.reregister_before = 20s;
  EXPECT_EQ(configured(softphone, scenario).reregister_before, std::nullopt);
}

}  // namespace
}  // namespace sipharness::scenario
