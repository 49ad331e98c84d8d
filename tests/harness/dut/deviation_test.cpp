// Each deviation shows on the wire as its name says, and the healthy UA does not show it.

#include "harness/dut/reference_ua/deviation.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "harness/sip/address.hpp"
#include "tests/harness/dut/ua_rig.hpp"

namespace sipharness::dut {
namespace {

using scenario::DeviceVerb;
using sip::HeaderId;
using sip::Method;

// --- The situations of the shipped scenarios, as short as they can be ---

void both_up(UaRig& rig) {
  rig.boot();
  rig.run_until(30s);
}

void refreshes(UaRig& rig) {
  rig.boot();
  rig.run_until(260s);
}

void refreshes_without_margin(UaRig& rig) {
  rig.profile.reregister_before = 0s;
  refreshes(rig);
}

void call_up(UaRig& rig) {
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(20s, DeviceVerb::hang_up);
  rig.run_until(40s);
}

void silent_from_boot(UaRig& rig) {
  rig.primary.silent = true;
  rig.boot();
  rig.perform_at(60s, DeviceVerb::dial, "2002");
  rig.perform_at(75s, DeviceVerb::hang_up);
  rig.run_until(230s);
}

void silent_on_invite(UaRig& rig) {
  rig.do_at(30s, [&rig] { rig.primary.silent = true; });
  rig.boot();
  rig.perform_at(35s, DeviceVerb::dial, "2002");
  rig.perform_at(110s, DeviceVerb::hang_up);
  rig.run_until(120s);
}

void lost_at_refresh(UaRig& rig) {
  rig.do_at(90s, [&rig] { rig.primary.silent = true; });
  rig.boot();
  rig.perform_at(140s, DeviceVerb::dial, "2002");
  rig.perform_at(190s, DeviceVerb::hang_up);
  rig.run_until(200s);
}

void secondary_down(UaRig& rig) {
  rig.secondary.silent = true;
  rig.boot();
  rig.perform_at(50s, DeviceVerb::dial, "2002");
  rig.perform_at(60s, DeviceVerb::hang_up);
  rig.run_until(70s);
}

void answers_too_late(UaRig& rig) {
  rig.primary.rings_after = rig.primary.answers_after = 40s;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(90s, DeviceVerb::hang_up);
  rig.run_until(95s);
}

void rings_for_long(UaRig& rig) {
  rig.primary.rings_after = 100ms;
  rig.primary.answers_after = 1h;
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.run_until(40s);
}

/// Answers every INVITE at once with this status and these Record-Routes.
void script_answer(UaRig& rig, int status, std::vector<std::string> record_routes = {}) {
  rig.primary.script = [&rig, status, record_routes](const Arrival& request) {
    if (request.view().method() != Method::invite) return false;
    rig.primary.reply(request, status, [&](sip::MessageBuilder& response) {
      for (const std::string& route : record_routes) response.header(HeaderId::record_route, route);
    });
    return true;
  };
}

void call_scripted(UaRig& rig) {
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.run_until(30s);
}

void busy_twice(UaRig& rig) {
  script_answer(rig, 486);
  rig.do_at(12s, [&] { rig.primary.reply(rig.primary.last(Method::invite), 486); });
  call_scripted(rig);
}

void refused_with_499(UaRig& rig) {
  script_answer(rig, 499);
  call_scripted(rig);
}

void answered_twice(UaRig& rig) {
  rig.do_at(15s, [&] { rig.primary.reply(rig.primary.last(Method::invite), 200); });
  call_scripted(rig);
}

void hang_up_a_call(UaRig& rig, Duration at) {
  rig.boot();
  rig.perform_at(10s, DeviceVerb::dial, "2002");
  rig.perform_at(at, DeviceVerb::hang_up);
  rig.run_until(90s);
}

void hung_up_before_ringing(UaRig& rig) {
  rig.primary.rings_after = 3s;
  rig.primary.answers_after = 1h;
  hang_up_a_call(rig, 11s);
}

void answered_after_hang_up(UaRig& rig) {
  rig.primary.rings_after = 1h;
  hang_up_a_call(rig, 11s);
}

void hung_up_in_silence(UaRig& rig) {
  rig.do_at(5s, [&rig] { rig.primary.silent = true; });
  hang_up_a_call(rig, 41s);
}

void hung_up_and_never_terminated(UaRig& rig) {
  rig.primary.script = [&rig](const Arrival& request) {
    if (request.view().method() == Method::invite) rig.primary.reply(request, 180);
    if (request.view().method() == Method::cancel) rig.primary.reply(request, 200);
    return request.view().method() != Method::register_;
  };
  hang_up_a_call(rig, 20s);
}

/// Answers the first two REGISTERs as if they were somebody else's.
void registrar_misdirects(UaRig& rig) {
  rig.primary.script = [&rig](const Arrival& request) {
    if (rig.primary.times(Method::register_).size() > 2) return false;
    std::string text = sip::MessageBuilder::response_to(request.view(), 200, "t").str();
    const std::string_view via = request.view().via().sent_by;
    rig.primary.send(text.replace(text.find(via), via.size(), "nobody.invalid"), request.hop);
    return true;
  };
  rig.boot();
  rig.run_until(10s);
}

/// An INVITE whose Via names port 5999, which is not where it comes from.
void called_through_a_nat(UaRig& rig) {
  rig.do_at(5s, [&rig] {
    std::string text =
        sip::MessageBuilder::request("OPTIONS", "sip:1001@127.0.0.1:5062")
            .header(HeaderId::via, "SIP/2.0/UDP 127.0.0.11:5999;branch=z9hG4bKnat;rport")
            .header(HeaderId::max_forwards, "70")
            .header(HeaderId::from, "<sip:a@127.0.0.11>;tag=f")
            .header(HeaderId::to, "<sip:1001@127.0.0.11>")
            .header(HeaderId::call_id, "nat")
            .header(HeaderId::cseq, "1 OPTIONS")
            .str();
    rig.primary.send(text, {Transport::udp, rig.primary.local(), rig.device()});
  });
  rig.boot();
  rig.run_until(10s);
}

void through_loose_routers(UaRig& rig) {
  script_answer(rig, 200, {"<sip:proxy-2.invalid;lr>", "<sip:127.0.0.11:5070;lr>"});
  call_scripted(rig);
}

void through_a_strict_router(UaRig& rig) {
  script_answer(rig, 200, {"<sip:proxy-2.invalid;lr>", "<sip:127.0.0.11:5070>"});
  call_scripted(rig);
}

void primary_returns(UaRig& rig) {
  rig.do_at(30s, [&rig] { rig.primary.silent = true; });
  rig.do_at(200s, [&rig] { rig.primary.silent = false; });
  rig.boot();
  rig.perform_at(140s, DeviceVerb::dial, "2002");
  rig.perform_at(300s, DeviceVerb::hang_up);
  rig.run_until(310s);
}

// --- What to look for ---

using Times = std::vector<double>;

Times registers(const ScriptedServer& server) {
  return server.times(Method::register_);
}
Times invites(const ScriptedServer& server) {
  return server.times(Method::invite);
}

Arrival first(const ScriptedServer& server, Method method) {
  const auto all = server.all(method);
  return all.empty() ? Arrival{} : all.front();
}

Arrival first_register(const UaRig& rig) {
  return first(rig.primary, Method::register_);
}

std::string value_of(const Arrival& arrival, HeaderId header) {
  return std::string(arrival.view().header(header));
}

bool came_at(const Times& times, double at) {
  return std::ranges::count(times, at) > 0;
}

bool came_between(const Times& times, double from, double until) {
  return std::ranges::any_of(times, [&](double t) { return t >= from && t <= until; });
}

struct Case {
  Deviation deviation;
  void (*stage)(UaRig&);
  bool (*shows)(const UaRig&);
};

using enum Deviation;

const std::vector<Case> cases = {
    {counts_expiration_in_seconds, both_up,
     [](const UaRig& rig) { return value_of(first_register(rig), HeaderId::expires) == "2"; }},
    {asks_for_double_expiration, both_up,
     [](const UaRig& rig) { return value_of(first_register(rig), HeaderId::expires) == "240"; }},
    {registers_another_user_at_secondary, both_up,
     [](const UaRig& rig) {
       const Arrival other = first(rig.secondary, Method::register_);
       return value_of(other, HeaderId::to) == "<sip:1001-other@127.0.0.12>" &&
              value_of(other, HeaderId::from).starts_with("<sip:1001-other@127.0.0.12>") &&
              value_of(first_register(rig), HeaderId::to) == "<sip:1001@127.0.0.11>";
     }},
    {names_a_user_in_the_register_uri, both_up,
     [](const UaRig& rig) {
       return first_register(rig).view().request_uri() == "sip:someone@127.0.0.11:5070";
     }},
    {registers_from_another_address, both_up,
     [](const UaRig& rig) {
       return value_of(first_register(rig), HeaderId::from).starts_with("<sip:1001@127.0.0.1>");
     }},
    {changes_call_id_at_each_register, refreshes,
     [](const UaRig& rig) {
       return first_register(rig).view().call_id() !=
              rig.primary.last(Method::register_).view().call_id();
     }},
    {skips_a_cseq_number, refreshes,
     [](const UaRig& rig) { return rig.primary.last(Method::register_).view().cseq() == 5; }},
    {registers_a_wrong_contact_port, both_up,
     [](const UaRig& rig) {
       return value_of(first_register(rig), HeaderId::contact) == "<sip:1001@127.0.0.1:5061>";
     }},
    {omits_max_forwards, both_up,
     [](const UaRig& rig) { return !first_register(rig).view().has(HeaderId::max_forwards); }},
    {sends_max_forwards_seven, both_up,
     [](const UaRig& rig) { return value_of(first_register(rig), HeaderId::max_forwards) == "7"; }},
    {writes_branches_without_cookie, both_up,
     [](const UaRig& rig) {
       return first_register(rig).view().via().branch.starts_with("branch-");
     }},
    {reuses_the_invite_branch_for_bye, call_up,
     [](const UaRig& rig) {
       return rig.primary.last(Method::bye).view().via().branch ==
              rig.primary.last(Method::invite).view().via().branch;
     }},
    {claims_tcp_in_via, both_up,
     [](const UaRig& rig) { return first_register(rig).view().via().transport == "TCP"; }},
    {sends_same_branch_at_both_servers, silent_on_invite,
     [](const UaRig& rig) {
       return first(rig.secondary, Method::invite).view().via().branch ==
              first(rig.primary, Method::invite).view().via().branch;
     }},
    {changes_retransmissions, silent_from_boot,
     [](const UaRig& rig) { return rig.primary.arrivals[0].text != rig.primary.arrivals[1].text; }},
    {caps_timer_a_at_t2, silent_on_invite,
     [](const UaRig& rig) { return came_at(invites(rig.primary), 46.5); }},
    {never_caps_timer_e, silent_from_boot,
     [](const UaRig& rig) { return !came_at(registers(rig.primary), 11.5); }},
    {keeps_sending_invite_past_timer_b, silent_on_invite,
     [](const UaRig& rig) {
       return came_at(invites(rig.primary), 98.5) && came_at(invites(rig.secondary), 67);
     }},
    {keeps_sending_past_timer_f, silent_from_boot,
     [](const UaRig& rig) { return came_at(registers(rig.primary), 35.5); }},
    {uses_a_slower_t1, silent_from_boot,
     [](const UaRig& rig) { return came_at(registers(rig.primary), 0.75); }},
    {notices_silent_primary_late, silent_on_invite,
     [](const UaRig& rig) { return invites(rig.secondary).front() == 83; }},
    {registers_only_at_primary, both_up,
     [](const UaRig& rig) { return registers(rig.secondary).empty(); }},
    {drops_the_secondary_again, both_up,
     [](const UaRig& rig) {
       return registers(rig.secondary) == Times{0, 10} &&
              value_of(rig.secondary.last(Method::register_), HeaderId::expires) == "0";
     }},
    {one_server_holds_up_the_other, lost_at_refresh,
     [](const UaRig& rig) { return registers(rig.secondary)[1] == 132; }},
    {refreshes_only_at_primary, refreshes,
     [](const UaRig& rig) {
       return registers(rig.secondary).size() == 1 && registers(rig.primary).size() == 3;
     }},
    {refreshes_late, refreshes, [](const UaRig& rig) { return registers(rig.primary)[1] == 105; }},
    {refreshes_after_lapse, refreshes_without_margin,
     [](const UaRig& rig) { return registers(rig.primary)[1] == 120.3; }},
    {neglects_secondary_while_primary_is_down, silent_from_boot,
     [](const UaRig& rig) { return registers(rig.secondary).size() == 1; }},
    {gives_up_on_a_failed_primary, silent_from_boot,
     [](const UaRig& rig) { return registers(rig.primary).size() == 11; }},
    {overlaps_register_attempts, silent_from_boot,
     [](const UaRig& rig) { return came_at(registers(rig.primary), 10); }},
    {calls_secondary_first, call_up,
     [](const UaRig& rig) {
       return invites(rig.primary).empty() && came_at(invites(rig.secondary), 10);
     }},
    {calls_secondary_beside_primary, call_up,
     [](const UaRig& rig) {
       return came_at(invites(rig.secondary), 11) &&
              rig.secondary.times(Method::cancel) == Times{13} &&
              rig.primary.times(Method::bye) == Times{20};
     }},
    {calls_secondary_while_primary_is_tried, silent_on_invite,
     [](const UaRig& rig) {
       return came_at(invites(rig.secondary), 43) && came_at(invites(rig.primary), 66.5);
     }},
    {never_falls_back, silent_on_invite,
     [](const UaRig& rig) { return invites(rig.secondary).empty(); }},
    {insists_on_lost_primary, silent_from_boot,
     [](const UaRig& rig) {
       return came_at(invites(rig.primary), 60) && invites(rig.secondary).empty();
     }},
    {ignores_failed_refresh, lost_at_refresh,
     [](const UaRig& rig) { return came_at(invites(rig.primary), 140); }},
    {hesitates_before_fallback, silent_on_invite,
     [](const UaRig& rig) { return invites(rig.secondary).front() == 68; }},
    {pauses_long_before_fallback, silent_on_invite,
     [](const UaRig& rig) { return invites(rig.secondary).front() == 77; }},
    {falls_back_before_repeating, silent_on_invite,
     [](const UaRig& rig) {
       return invites(rig.primary) == Times{35} && came_at(invites(rig.secondary), 35.25);
     }},
    {cancels_before_provisional, silent_on_invite,
     [](const UaRig& rig) { return came_at(rig.primary.times(Method::cancel), 67); }},
    {sends_bye_to_primary, silent_on_invite,
     [](const UaRig& rig) {
       return came_at(rig.primary.times(Method::bye), 110) &&
              rig.secondary.times(Method::bye).empty();
     }},
    {dials_late_while_secondary_is_down, secondary_down,
     [](const UaRig& rig) { return invites(rig.primary).front() == 53; }},
    {keeps_both_answers, answers_too_late,
     [](const UaRig& rig) {
       return rig.primary.times(Method::ack) == Times{50} && rig.primary.times(Method::bye).empty();
     }},
    {dies_at_first_call, call_up,
     [](const UaRig& rig) {
       return came_at(invites(rig.primary), 10) && rig.primary.times(Method::ack).empty() &&
              !came_between(registers(rig.primary), 11, 40) && rig.outcomes().back() == false;
     }},
    {sends_garbage, both_up, [](const UaRig& rig) { return rig.primary.malformed.size() == 1; }},
    {repeats_after_a_provisional, rings_for_long,
     [](const UaRig& rig) { return came_at(invites(rig.primary), 17.5); }},
    {acknowledges_an_error_once, busy_twice,
     [](const UaRig& rig) { return rig.primary.times(Method::ack) == Times{10}; }},
    {acknowledges_errors_without_their_tag, busy_twice,
     [](const UaRig& rig) { return rig.primary.last(Method::ack).view().to_tag().empty(); }},
    {acknowledges_on_the_invites_branch, call_up,
     [](const UaRig& rig) {
       return rig.primary.last(Method::ack).view().via().branch ==
              rig.primary.last(Method::invite).view().via().branch;
     }},
    {acknowledges_an_answer_once, answered_twice,
     [](const UaRig& rig) { return rig.primary.times(Method::ack) == Times{13}; }},
    {seeks_the_unknown_elsewhere, refused_with_499,
     [](const UaRig& rig) { return came_at(invites(rig.secondary), 10); }},
    {forgets_to_cancel, hung_up_before_ringing,
     [](const UaRig& rig) { return rig.primary.times(Method::cancel).empty(); }},
    {tags_its_cancels, hung_up_before_ringing,
     [](const UaRig& rig) { return !first(rig.primary, Method::cancel).view().to_tag().empty(); }},
    {cancels_an_answered_call, call_up,
     [](const UaRig& rig) { return rig.primary.times(Method::cancel) == Times{20}; }},
    {rings_on_after_a_missing_487, hung_up_and_never_terminated,
     [](const UaRig& rig) { return came_at(invites(rig.secondary), 52); }},
    {keeps_an_unwanted_answer, answered_after_hang_up,
     [](const UaRig& rig) { return rig.primary.times(Method::bye).empty(); }},
    {goes_on_after_hang_up, hung_up_in_silence,
     [](const UaRig& rig) { return came_at(invites(rig.secondary), 42); }},
    {invites_with_two_contacts, call_up,
     [](const UaRig& rig) {
       return rig.primary.last(Method::invite).view().count(HeaderId::contact) == 2;
     }},
    {skips_a_number_in_the_dialog, call_up,
     [](const UaRig& rig) { return rig.primary.last(Method::bye).view().cseq() == 3; }},
    {forgets_the_second_route, through_loose_routers,
     [](const UaRig& rig) {
       return rig.primary.last(Method::ack).view().count(HeaderId::route) == 1;
     }},
    {takes_a_strict_router_for_loose, through_a_strict_router,
     [](const UaRig& rig) {
       return rig.primary.last(Method::ack).view().request_uri() != "sip:127.0.0.11:5070";
     }},
    {follows_the_returned_primary, primary_returns,
     [](const UaRig& rig) { return came_at(rig.primary.times(Method::bye), 300); }},
    {takes_responses_for_others, registrar_misdirects,
     [](const UaRig& rig) { return registers(rig.primary) == Times{0}; }},
    {omits_rport, both_up,
     [](const UaRig& rig) { return !first_register(rig).view().via().has_rport; }},
    {answers_where_via_says, called_through_a_nat,
     [](const UaRig& rig) { return rig.primary.statuses().empty(); }},
    {uses_tcp_against_profile, both_up,
     [](const UaRig& rig) { return first_register(rig).hop.transport == Transport::tcp; }},
};

class DeviationOnTheWire : public testing::TestWithParam<Case> {};

TEST_P(DeviationOnTheWire, shows_when_it_is_asked_for_and_only_then) {
  const Case& c = GetParam();
  UaRig healthy;
  c.stage(healthy);
  EXPECT_FALSE(c.shows(healthy)) << "the healthy UA does it too";
  UaRig deviated;
  deviated.deviate(c.deviation);
  c.stage(deviated);
  EXPECT_TRUE(c.shows(deviated));
}

INSTANTIATE_TEST_SUITE_P(Every, DeviationOnTheWire, testing::ValuesIn(cases), [](const auto& info) {
  const auto index = static_cast<std::size_t>(info.param.deviation);
  return std::string(deviations()[index].name);
});

TEST(DeviationTable, holds_each_deviation_once_in_the_order_of_the_enumeration) {
  ASSERT_EQ(deviations().size(), static_cast<std::size_t>(Deviation::count));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < deviations().size(); ++i) {
    const DeviationRow& row = deviations()[i];
    EXPECT_EQ(static_cast<std::size_t>(row.id), i) << row.name;
    EXPECT_FALSE(row.what.empty() || row.scenario.empty()) << row.name;
    names.insert(row.name);
  }
  EXPECT_EQ(names.size(), deviations().size());
}

TEST(DeviationTable, never_lists_what_it_breaks_among_what_may_follow) {
  for (const DeviationRow& row : deviations())
    EXPECT_EQ(std::ranges::count(row.may_also, row.breaks), 0) << row.name;
}

TEST(DeviationTable, is_searched_by_name) {
  const DeviationRow* const row = find_deviation("never_falls_back");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->id, Deviation::never_falls_back);
  EXPECT_EQ(find_deviation("always_right"), nullptr);
}

}  // namespace
}  // namespace sipharness::dut
