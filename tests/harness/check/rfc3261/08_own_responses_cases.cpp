#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_8_own_responses {

using Headers = std::vector<std::pair<std::string, std::string>>;

Fields with(Headers headers) {
  return {.headers = std::move(headers)};
}

/// What the capture is like beside the messages.
struct Seen {
  trace::Vantage vantage = trace::Vantage::device;
};

/// The primary calls: INVITE, 180, 200, ACK in the frames 5 to 8.
std::function<void(Setting)> called(const Fields& ringing, const Fields& answer = {},
                                    Seen seen = {}) {
  return [=](Setting s) {
    s.trace.vantage(seen.vantage);
    registrations(s.trace, 0s);
    const auto invite = s.trace.at(5s).to_device(primary).request("INVITE");
    Fields fields = ringing;
    fields.to = invite;
    s.trace.at(5010ms).from_device(primary).response(180, fields);
    fields = answer;
    fields.to = invite;
    s.trace.at(8s).from_device(primary).response(200, fields);
    s.trace.at(8010ms).to_device(primary).request("ACK", {.in = invite});
    s.trace.ends(30s);
  };
}

/// OPTIONS and its 200 in the frames 5 and 6.
std::function<void(Setting)> asked(const Fields& question, const Fields& answer) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    const auto options = s.trace.at(5s).to_device(primary).request("OPTIONS", question);
    Fields fields = answer;
    fields.to = options;
    s.trace.at(5010ms).from_device(primary).response(200, fields);
    s.trace.ends(30s);
  };
}

void registers_alone(Setting s) {
  registrations(s.trace, 0s);
}

std::vector<Case> tag_cases() {
  constexpr std::string_view id = "RFC3261-GEN-14";
  const Fields untagged = with({{"To", "<sip:1001@127.0.0.11:5070>"}});
  const Fields second{.to_tag = "second"};
  const Fields elsewhere{.to_tag = "second", .contact = "sip:1001@10.0.0.9"};
  const Seen at_server{trace::Vantage::server};
  return {
      {"the_same_in_all", id, Verdict::pass, called({})},
      {"none_while_it_rings", id, fails("180 to INVITE without a To tag", {5, 6}),
       called(untagged)},
      {"none_in_an_answer", id, fails("200 to OPTIONS without a To tag", {5, 6}),
       asked({}, untagged)},
      {"another_in_the_answer", id, fails("is second in the 200", {5, 6, 7}), called({}, second)},
      {"another_with_the_same_contact", id, fails("is second in the 200", {5, 6, 7}),
       called({}, second, at_server)},
      {"another_with_another_contact", id,
       inconclusive("a proxy that forks would do so: --vantage device", {5, 6, 7}),
       called({}, elsewhere, at_server)},
      {"nobody_asks", id, needs("a response of the device other than 100"), registers_alone},
  };
}

std::vector<Case> echo_cases() {
  constexpr std::string_view id = "RFC3261-GEN-15";
  const std::string own = "SIP/2.0/UDP 127.0.0.11:5070;branch=z9hG4bKown";
  const std::string far = "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKfar";
  const Fields through_a_proxy = with({{"Via", own + ", " + far}});
  return {
      {"all_of_it", id, Verdict::pass, called({})},
      {"two_vias", id, Verdict::pass,
       asked(through_a_proxy, with({{"Via", own + ";received=127.0.0.11"}, {"Via", far}}))},
      {"another_number", id, fails("has CSeq 2 INVITE, the request 1 INVITE", {5, 6}),
       called(with({{"CSeq", "2 INVITE"}}))},
      {"another_method", id, fails("has CSeq 1 BYE, the request 1 INVITE", {5, 6}),
       called(with({{"CSeq", "1 BYE"}}))},
      {"another_call_id", id, fails("180 to INVITE has the Call-ID other", {5, 6}),
       called(with({{"Call-ID", "other"}}))},
      {"another_from", id, fails("180 to INVITE has another From", {5, 6}),
       called(with({{"From", "<sip:1002@127.0.0.11:5070>;tag=other"}}))},
      {"another_to", id, fails("200 to OPTIONS has another To", {5, 6}),
       asked({}, with({{"To", "<sip:1009@127.0.0.11:5070>;tag=other"}}))},
      {"the_other_order", id, fails("200 to OPTIONS has other Vias", {5, 6}),
       asked(through_a_proxy, with({{"Via", far + ", " + own}}))},
      {"one_of_two_vias", id, fails("200 to OPTIONS has other Vias", {5, 6}),
       asked(through_a_proxy, with({{"Via", own}}))},
      {"the_via_of_another_copy", id,
       inconclusive("other Vias than the request; the capture may lack the copy", {5, 6}),
       called(with({{"Via", far}}))},
      {"nobody_asks", id, needs("a response of the device"), registers_alone},
  };
}

/// How the answer to OPTIONS of the primary goes.
struct Way {
  trace::ServerRole to = primary;
  Transport asked_over = Transport::udp;
  Transport over = Transport::udp;
  std::uint16_t from_port = 5062;
  bool ended = false;  ///< the connection of the request was, before the answer
};

std::function<void(Setting)> answered(const Way& way, const Fields& question = {}) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    const auto options =
        s.trace.at(5s).over(way.asked_over).to_device(primary).request("OPTIONS", question);
    if (way.ended) s.trace.at(5005ms).stream_event(capture::StreamEvent::fin);
    s.trace.device("1001", {s.trace.device_endpoint().address, way.from_port});
    s.trace.at(5010ms).over(way.over).from_device(way.to).response(200, {.to = options});
    s.trace.ends(30s);
  };
}

std::vector<Case> way_cases() {
  constexpr std::string_view id = "RFC3261-GEN-16";
  constexpr Transport tcp = Transport::tcp;
  const Fields by_maddr =
      with({{"Via", "SIP/2.0/UDP 127.0.0.11:5070;branch=z9hG4bKm;maddr=127.0.0.12"}});
  return {
      {"back", id, Verdict::pass, answered({})},
      {"to_the_other_server", id,
       fails("went to 127.0.0.12:5080 over udp, the request came from 127.0.0.11:5070", {5, 6}),
       answered({.to = secondary})},
      {"where_maddr_says", id, Verdict::pass, answered({.to = secondary}, by_maddr)},
      {"on_its_connection", id, Verdict::pass, answered({.asked_over = tcp, .over = tcp})},
      {"over_udp_to_tcp", id,
       fails("over udp, the request came from 127.0.0.11:5070 over tcp", {5, 6}),
       answered({.asked_over = tcp})},
      {"on_another_connection", id, fails("went to 127.0.0.11:5070 over tcp", {5, 6}),
       answered({.asked_over = tcp, .over = tcp, .from_port = 6000})},
      {"once_its_connection_has_ended", id, Verdict::pass,
       answered({.asked_over = tcp, .over = tcp, .from_port = 6000, .ended = true})},
      {"nobody_asks", id, needs("a response of the device"), registers_alone},
  };
}

std::vector<Case> contact_cases() {
  constexpr std::string_view id = "RFC3261-GEN-17";
  const Fields none{.without = {"Contact"}};
  const Fields two = with({{"Contact", "<sip:a@127.0.0.1>, <sip:b@127.0.0.1>"}});
  return {
      {"one", id, Verdict::pass, called({})},
      {"none_while_it_rings", id, Verdict::pass, called(none)},
      {"none_in_the_answer", id, fails("200 to INVITE with 0 Contacts", {5, 7}), called({}, none)},
      {"two_in_the_answer", id, fails("200 to INVITE with 2 Contacts", {5, 7}), called({}, two)},
      {"nobody_calls", id, needs("a 2xx of the device to an INVITE or SUBSCRIBE"), asked({}, {})},
  };
}

}  // namespace rfc3261_8_own_responses

std::vector<Case> rfc3261_8_own_responses_cases() {
  using namespace rfc3261_8_own_responses;
  std::vector<Case> all;
  for (const auto family : {tag_cases, echo_cases, way_cases, contact_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

}  // namespace sipharness::check_tests
