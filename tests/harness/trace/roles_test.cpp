#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/trace/device_roles.hpp"
#include "tests/support/trace_builder.hpp"

namespace sipharness::trace {
namespace {

using test_support::epoch;
using test_support::primary;
using test_support::secondary;
using test_support::TraceBuilder;
using testing::ElementsAre;

const Endpoint second_phone = *Endpoint::parse("127.0.0.2:5062");

std::vector<std::string> names_of(const Trace& trace) {
  std::vector<std::string> names;
  for (const Device& device : trace.devices) names.push_back(device.name);
  return names;
}

TEST(Devices, a_single_one_is_the_phone) {
  TraceBuilder t;
  t.healthy_registrations(0s);
  const Trace trace = t.build();
  ASSERT_EQ(trace.devices.size(), 1U);
  EXPECT_EQ(trace.devices[0].name, "phone");
  EXPECT_EQ(trace.devices[0].user, "1001");
  EXPECT_EQ(trace.devices[0].user_agent, "device/1.0");
  EXPECT_THAT(trace.devices[0].addresses, ElementsAre(t.device_endpoint()));
}

TEST(Servers, of_a_foreign_capture_have_other_ports_that_speak_or_are_silent) {
  for (const bool is_closed : {false, true}) {
    TraceBuilder t;
    t.healthy_registrations(0s);
    const auto request = t.at(1s).from_device(primary).request("OPTIONS");
    t.redirect(request, 5999);
    if (is_closed) t.at(1001ms).icmp(request);
    t.without_journal();
    const Trace trace = t.build();
    EXPECT_EQ(trace.messages[4].server, is_closed ? ServerRole::none : primary);
  }
}

TEST(Devices, several_are_named_by_their_users) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.device("1003", second_phone).registration(primary, 1s);
  const Trace trace = t.build();
  EXPECT_THAT(names_of(trace), ElementsAre("phone-1001", "phone-1003"));
  EXPECT_EQ(trace.messages[0].device, 0U);
  EXPECT_EQ(trace.messages[2].device, 1U);
  EXPECT_EQ(trace.messages[3].device, 1U) << "the response to it";
}

TEST(Devices, of_a_run_are_there_even_if_they_never_speak) {
  TraceBuilder t;
  t.registration(primary, 1s);
  for (const char* name : {"phone-1001", "phone-1002"})
    t.at(1s).entry(journal::Action{name, "boot", "", true});
  const Trace trace = t.build();
  EXPECT_THAT(names_of(trace), ElementsAre("phone-1001", "phone-1002"));
  EXPECT_EQ(trace.device_named("phone-1002"), 1U);
  EXPECT_EQ(trace.device_named("phone"), 2U) << "there is none";
}

TEST(Devices, two_accounts_behind_one_endpoint_are_two) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.device("1003", t.device_endpoint()).registration(primary, 1s);
  const auto call = t.at(2s).to_device(primary).request("INVITE");
  t.at(3s).from_device(primary).response(180, {.to = call});
  const Trace trace = t.build();
  EXPECT_THAT(names_of(trace), ElementsAre("phone-1001", "phone-1003"));
  EXPECT_EQ(trace.messages[4].device, 1U);
  EXPECT_EQ(trace.messages[5].device, 1U);
}

TEST(Devices, one_endpoint_with_another_user_at_the_other_server_is_one) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.device("1003", t.device_endpoint()).registration(secondary, 1s);
  EXPECT_THAT(names_of(t.build()), ElementsAre("phone"));
}

TEST(Devices, one_user_from_two_endpoints_is_one) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.device("1001", second_phone).registration(primary, 1s);
  const Trace trace = t.build();
  ASSERT_EQ(trace.devices.size(), 1U);
  EXPECT_EQ(trace.devices[0].addresses.size(), 2U);
}

TEST(Devices, that_take_turns_with_one_account_are_two_in_a_run_too) {
  for (const bool comes_back_with_a_call : {false, true}) {
    TraceBuilder t;
    const Endpoint phone = t.device_endpoint();
    t.registration(primary, 0s);
    t.device("1001", second_phone).registration(primary, 1s);  // with the same Call-ID
    t.device("1001", phone);
    if (comes_back_with_a_call)
      t.at(2s).from_device(primary).request("INVITE", {.call_id = "call"});
    else
      t.registration(primary, 2s);
    const Trace trace = t.build();
    ASSERT_EQ(trace.devices.size(), 2U) << comes_back_with_a_call;
    EXPECT_THAT(trace.devices[0].addresses, ElementsAre(phone));
    EXPECT_NE(trace.devices[0].shares_account, "");
  }
}

TEST(Devices, that_speak_for_an_account_of_another_machine_are_others_in_a_run) {
  TraceBuilder t;
  const Endpoint other_port{t.device_endpoint().address, 5099};
  t.registration(primary, 0s);
  t.device("1001", second_phone).at(1s).from_device(primary).request("INVITE");
  t.device("1001", other_port).at(2s).from_device(primary).request("OPTIONS");
  Trace trace = t.build();
  ASSERT_EQ(trace.devices.size(), 2U);
  EXPECT_EQ(trace.messages[2].device, 1U);
  EXPECT_EQ(trace.messages[3].device, 0U) << "from another port";
  mark_tested(trace, {.users = {"1001"}});
  EXPECT_TRUE(trace.devices[0].under_test);
  EXPECT_FALSE(trace.devices[1].under_test);
}

TEST(Devices, of_a_run_send_no_bytes_from_elsewhere) {
  TraceBuilder t;
  t.registration(primary, 0s);
  t.at(1s).from_device(primary).raw("REGISTER garbage\r\n\r\n");
  t.device("x", second_phone).at(2s).from_device(primary).raw("REGISTER garbage\r\n\r\n");
  const Trace trace = t.build();
  ASSERT_EQ(trace.malformed.size(), 2U);
  EXPECT_THAT(trace.partition.of(0).malformed, ElementsAre(0U));
}

TEST(Devices, that_never_register_are_known_by_their_requests) {
  TraceBuilder t;
  t.complete_call(primary, 0s);
  const Trace trace = t.build();
  ASSERT_EQ(trace.devices.size(), 1U);
  EXPECT_EQ(trace.devices[0].user, "1001");
}

TEST(Devices, a_scenario_has_one_even_if_it_never_spoke) {
  TraceBuilder t;
  EXPECT_THAT(names_of(t.build()), ElementsAre("phone"));
}

TEST(InferredServers, are_the_destinations_of_registers_in_order) {
  TraceBuilder t;
  t.infer_servers();
  t.without_journal();
  t.registration(secondary, 1s);  // the first destination, whatever we call it
  t.registration(primary, 2s);
  const Trace trace = t.build();
  ASSERT_EQ(trace.servers.size(), 2U);
  EXPECT_EQ(trace.servers[0].role, ServerRole::primary);
  EXPECT_EQ(trace.servers[0].endpoint, t.server_endpoint(secondary));
  EXPECT_EQ(trace.servers[1].role, ServerRole::secondary);
  EXPECT_TRUE(trace.messages[0].from_device());
  EXPECT_TRUE(trace.messages[1].to_device());
  EXPECT_EQ(trace.messages[2].server, ServerRole::secondary);
  EXPECT_EQ(trace.zero, epoch + 1s);
}

TEST(InferredServers, come_from_calls_where_nobody_registers) {
  TraceBuilder t;
  t.infer_servers();
  t.without_journal();
  t.silent_invite(primary, 0s);
  t.complete_call(secondary, 32s);
  const Trace trace = t.build();
  ASSERT_EQ(trace.servers.size(), 2U);
  EXPECT_EQ(trace.servers[1].endpoint, t.server_endpoint(secondary));
}

TEST(InferredServers, garbage_is_told_once_its_port_is_known_to_speak_sip) {
  TraceBuilder t;
  t.infer_servers();
  t.without_journal();
  t.at(0s).from_device(primary).raw("no SIP, before");
  t.registration(primary, 1s);
  t.at(2s).from_device(primary).raw("no SIP, after");
  const Trace trace = t.build();
  ASSERT_EQ(trace.malformed.size(), 1U);
  EXPECT_EQ(trace.malformed[0].bytes, "no SIP, after");
  EXPECT_EQ(trace.malformed[0].direction, Direction::from_device);
}

TEST(InferredServers, of_no_sip_at_all_are_none) {
  TraceBuilder t;
  t.infer_servers();
  t.without_journal();
  const Trace trace = t.build();
  EXPECT_TRUE(trace.servers.empty());
  EXPECT_TRUE(trace.devices.empty());
}

}  // namespace
}  // namespace sipharness::trace
