// Source ports: what the device asks of its servers, and what it does for them.
// @source RFC 3581 §3, §4

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/rport.hpp"

namespace sipharness::check {
namespace {

std::string_view has_rport_off(const Phone& phone) {
  return phone.profile.rport.value_or(true) ? "" : "the profile switches rport off";
}

// --- What it asks --------------------------------------------------------------------------------

/// Over UDP; the Via on top of one that came through a proxy is that one's.
bool came_straight_by_udp(const Phone& phone, const Transaction& transaction) {
  return is_unreliable(phone, transaction) && !came_through_a_proxy(opening(phone, transaction));
}

/// To ask for rport is the device's choice, unless its profile says that it does.
Wrong rport_problem(const Phone& phone, const sip::MessageView& request, const sip::Via& via) {
  if (!via.has_rport && phone.profile.rport)
    return fmt::format("{} without rport", request.method_text());
  if (via.rport) return fmt::format("{} gives rport a value", request.method_text());
  return std::nullopt;
}

void asks_for_the_source_port(const Phone& phone, Judge& judge) {
  std::size_t asked = 0;
  for (const Transaction* transaction : only<client_transactions, came_straight_by_udp>(phone)) {
    const sip::MessageView& request = opening(phone, *transaction).sip;
    const sip::Via via = request.via();
    if (phone.profile.rport || via.has_rport) ++asked;
    Occurrence it(phone, judge, *transaction);
    if (const Wrong wrong = rport_problem(phone, request, via)) it.in_itself().violated(*wrong);
    if (ignores_response_at_source_port(phone, *transaction))
      it.violated_unless_lost("the response at the source port was not heeded");
  }
  if (asked > 0 && judge.said() == 0)
    judge.pass({}, "an empty rport in " + all_of(asked, "request"));
}

// --- What it does --------------------------------------------------------------------------------

Wrong wrong_with(const Message& request, const Message& response) {
  if (response.destination != request.source)
    return fmt::format("went to {}, the request came from {}", response.destination.text(),
                       request.source.text());
  const sip::Via& via = response.sip.via();
  if (via.rport != request.source.port) return "does not tell the source port in rport";
  // As an address: IPv6 has many spellings.
  if (IpAddress::parse(via.received) != request.source.address)
    return "does not tell the source address in received";
  return std::nullopt;
}

void responds_at_the_source_port(const Phone& phone, Judge& judge) {
  std::size_t first = 0;
  std::size_t right = 0;
  for (const RportResponse& one : rport_responses(phone)) {
    const auto wrong = wrong_with(*one.request, *one.response);
    if (!wrong && right++ == 0) first = one.response->index;
    if (!wrong) continue;
    const std::string what = fmt::format("{} to {} {}", one.response->sip.status(),
                                         one.request->sip.method_text(), *wrong);
    Occurrence(phone, judge, one)
        .violated_if(is_captured_at_device(phone), what, Blame::network,
                     "; but a NAT may stand between the capture and the device");
  }
  if (right > 0) judge.all_held(first, right);
}

const std::array rfc3581_port{
    Rule{.row = {.id = "RFC3581-01",
                 .clause = "RFC 3581 §3",
                 .severity = Severity::should,
                 .sentence = "The device asks for responses at the port its requests come from, "
                             "and hears them there.",
                 .observed = "The Via of each request over UDP has an rport without value; where "
                             "its port is not the source port, no request is sent again after its "
                             "response came to that.",
                 .tolerance = "policy: 50 ms"},
         .needs = {"a request over UDP that asks for rport, or a profile that says it must"},
         .unless = has_rport_off,
         .judge = asks_for_the_source_port},
    Rule{.row = {.id = "RFC3581-02",
                 .clause = "RFC 3581 §4",
                 .severity = Severity::must,
                 .sentence = "A request that asks for rport is answered at the port it came from.",
                 .observed = "Each response of the device to such a request goes to its source and "
                             "tells that in rport and received."},
         .needs = {"a request to the device that asks for rport", Blame::harness},
         .unless = has_rport_off,
         .held = {"{} sent to the port the request came from, with that port in rport", "response"},
         .judge = responds_at_the_source_port,
         .is_about_content = true},
};

}  // namespace

std::span<const Rule> rfc3581_port_rules() {
  return rfc3581_port;
}

}  // namespace sipharness::check
