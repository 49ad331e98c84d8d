// Requests of a server that went elsewhere than the device's Contact says: whether they arrived is
// not known, so that nothing is said of what the device did with them.

#include <fmt/format.h>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace misdirected {

/// Registers at both servers with this Contact, is called at 5 s and does not answer. The call's
/// Request-URI is the Contact unless it is given.
std::function<void(Setting)> called_at(std::string contact, std::string uri = {}) {
  return [=](Setting s) {
    for (const auto server : {primary, secondary}) {
      const auto asked = s.trace.at(0s).from_device(server).request(
          "REGISTER", {.expires = 120s, .contact = contact});
      s.trace.at(10ms).to_device(server).response(200, {.expires = 120s, .to = asked});
    }
    s.trace.at(5s).to_device(primary).request("INVITE", {.uri = uri.empty() ? contact : uri});
    s.trace.ends(60s);
  };
}

/// The same without a journal.
std::function<void(Setting)> foreign_called_at(std::string contact, std::string uri = {}) {
  return [=](Setting s) {
    called_at(contact, uri)(s);
    s.trace.without_journal();
    s.trace.vantage(trace::Vantage::device);
  };
}

constexpr std::string_view own = "sip:1001@127.0.0.1:5062";
constexpr std::string_view other_host = "sip:1001@10.0.0.9:5062";
constexpr std::string_view id = "RFC3261-UAS-100";

/// By what the Contact says: each asks for another way than to 127.0.0.1:5062 over UDP.
std::vector<Case> contact_cases() {
  struct Row {
    std::string name;
    std::string contact;
    std::string remedy;
  };
  const Row rows[] = {
      {"another_host", std::string(other_host), "--allow-targets 10.0.0.9 lets"},
      {"another_port", "sip:1001@127.0.0.1:5099", "not an address that the servers reach"},
      {"no_port", "sip:1001@127.0.0.1", "not an address that the servers reach"},
      {"another_transport", "sip:1001@127.0.0.1:5062;transport=TCP", "not an address that"},
      {"sips", "sips:1001@127.0.0.1:5062", "not an address that the servers reach"},
      {"maddr", "sip:1001@127.0.0.1:5062;maddr=10.0.0.9", "--allow-targets 10.0.0.9 lets"},
      {"ipv6", "sip:1001@[2001:db8::9]:5062", "--allow-targets 2001:db8::9 lets"},
      {"name", "sip:1001@phone.example.com:5062", "look no such names up"},
  };
  std::vector<Case> cases;
  for (const Row& row : rows) {
    cases.push_back(
        {"misdirected_by_" + row.name, id, inconclusive(row.remedy, {5}), called_at(row.contact)});
    cases.push_back({"misdirected_by_" + row.name + "_alive", "DUT-ALIVE",
                     inconclusive(row.remedy, {}), called_at(row.contact)});
    cases.push_back({"misdirected_by_" + row.name + "_without_a_journal", id,
                     inconclusive("whether it arrived is not known", {5}),
                     foreign_called_at(row.contact)});
  }
  return cases;
}

std::vector<Case> other_cases() {
  return {
      {"goes_where_the_contact_says", id, fails("got no response at all", {5}),
       called_at(std::string(own))},
      {"goes_where_the_contact_says_whatever_the_uri", id, fails("got no response at all", {5}),
       called_at(std::string(own), "sip:1001@pbx.example.com")},
      {"goes_where_the_uri_says_and_the_contact_does_not", id,
       inconclusive("not to sip:1001@10.0.0.9:5062", {5}),
       called_at(std::string(other_host), std::string(own))},
      {"misdirected_by_a_route", id, inconclusive("not to sip:10.0.0.9;lr", {6}),
       [](Setting s) {
         booted(s.trace);
         s.trace.at(3s).from_device(primary).request("OPTIONS",
                                                     {.contact = "sip:1001@10.0.0.9:5060"});
         s.trace.at(5s).to_device(primary).request("INVITE",
                                                   {.headers = {{"Route", "<sip:10.0.0.9;lr>"}}});
         s.trace.ends(60s);
       }},
      {"misdirected_and_answered", id, fails("first response to an INVITE: 0.300 s", {5, 6}),
       [](Setting s) {
         called_at(std::string(other_host))(s);
         s.trace.at(5300ms).from_device(primary).response(180);
       }},
      {"misdirected_where_another_was_answered", id, fails("got no response at all", {7}),
       [](Setting s) {
         called_at(std::string(other_host))(s);
         s.trace.at(5010ms).from_device(primary).response(180);
         s.trace.at(20s).to_device(primary).request(
             "INVITE", {.uri = std::string(other_host), .call_id = "again"});
       }},
      {"back_on_the_connection_of_the_device", id, fails("got no response at all", {5}),
       [](Setting s) {
         s.trace.over(Transport::tcp);
         called_at(std::string(other_host))(s);
       }},
      {"a_redirection_names_somebody_else", id, fails("got no response at all", {7}),
       [](Setting s) {
         called_at(std::string(own))(s);
         s.trace.at(5010ms).from_device(primary).response(302, {.contact = "sip:x@10.0.0.9"});
         s.trace.at(20s).to_device(primary).request("INVITE",
                                                    {.uri = std::string(own), .call_id = "again"});
       }},
      {"misdirected_bye", "RFC3261-DLG-04", needs("a BYE in a dialog that the device does not"),
       [](Setting s) {
         called_at(std::string(other_host))(s);
         s.trace.at(20s).to_device(primary).request("BYE", {.call_id = "unknown"});
       }},
  };
}

}  // namespace misdirected

std::vector<Case> misdirected_cases() {
  using namespace misdirected;
  std::vector<Case> cases = contact_cases();
  for (const auto& more : {other_cases()}) cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace sipharness::check_tests
