#pragma once
// Every key of a scenario file, described once: its name, the member, the kind of its value, and
// what it means. Reader, writer and key tables (the schema test and docs/keys.md) all walk these
// descriptions. A form's call operator takes one key; `required` one that must be there, and
// `alternative` one of several that exclude each other. `prepare` and `check` are what the reader
// does before and after it walked: defaults that depend on the file, and keys against each other.

#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/kinds.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/scenario/settings_form.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {

// --- What a rule does ----------------------------------------------------------------------------

template <>
inline constexpr ObjectName object_name<Termination>{
    "terminate", "The subscription is ended by its notifier, this long after the 200."};
void describe(auto& form, Termination& termination) {
  form.required("after", termination.after, kind::duration, "This long after the 200.");
  form("reason", termination.reason, kind::one_of(words::termination_reasons),
       "As Subscription-State gives it.");
  form("retry_after", termination.retry_after, kind::whole_seconds, "Whole seconds.");
}

template <>
inline constexpr ObjectName object_name<Accept>{
    "accept", "What a healthy registrar does, with a grant of its own."};
void describe(auto& form, Accept& accept) {
  form("expires", accept.expires, kind::whole_seconds,
       "Granted instead of what was asked; whole seconds.");
  form("expires_in", accept.expires_in_contact, kind::one_of(words::expiry_places),
       "Where the grant is written: the Contact's parameter or the Expires header.");
  form("headers", accept.headers, kind::headers, "Added to the response.");
  form("notify", accept.notify, kind::one_of(words::notify_times),
       "When a subscription's NOTIFY comes, seen from the 200.");
  form("terminate", accept.terminate, kind::object, "How the notifier ends the subscription.");
  form("record_route", accept.record_route, kind::one_of(words::routers),
       "Proxies that a call seems to pass, the device's neighbour first.");
  form("checks_cseq", accept.checks_cseq, kind::truth,
       "A REGISTER whose CSeq does not rise above the last one with its Call-ID gets 500.");
}

template <>
inline constexpr ObjectName object_name<Reject>{"reject", "A final response, 300 to 699."};
void describe(auto& form, Reject& reject) {
  form.required("status", reject.status, kind::Integer{{300, 699}}, "Its status code.");
  form("reason", reject.reason, kind::one_line, "Its reason phrase.");
  form("headers", reject.headers, kind::headers, "Added to the response.");
  form("after", reject.after, kind::duration, "This long after the request.");
}

template <>
inline constexpr ObjectName object_name<ChallengeWith>{"challenge",
                                                       "A challenge with a nonce of the run."};
void describe(auto& form, ChallengeWith& with) {
  form("status", with.status, kind::Either{401, 407}, "As a registrar or as a proxy.");
  std::optional<std::string> realm = with.challenge.realm;  // written even if it is empty
  form("realm", realm, kind::text, "The realm.");
  with.challenge.realm = *realm;
  form("algorithm", with.algorithms, kind::one_or_more(kind::one_of(words::algorithms)),
       "One, or a list: one header each, topmost first.");
  form("qop", with.challenge.qop_auth, kind::truth, "Offer qop=auth.");
  form("stale", with.challenge.stale, kind::truth, "Only nonces given out by itself are taken.");
  form("admits", with.admits, kind::truth, "If false, no credentials are good enough.");
  form("expires", with.expires, kind::whole_seconds,
       "Granted where it admits, instead of what was asked; whole seconds.");
  form(
      "next_nonce", with.next_nonce, kind::truth,
      "A nonce is good once, and the 200 to a REGISTER names the next one in Authentication-Info.");
}
void check(const Fields& fields, ChallengeWith& with);

template <>
inline constexpr ObjectName object_name<Provisional>{
    "provisional", "This one provisional response, then nothing."};
void describe(auto& form, Provisional& provisional) {
  form("status", provisional.status, kind::Integer{{100, 199}}, "Its status code.");
  form("after", provisional.after, kind::duration, "This long after the request.");
}

template <>
inline constexpr ObjectName object_name<Closing>{"close",
                                                 "The TCP connection of the request is closed."};
void describe(auto& form, Closing& closing) {
  form("how", closing.how, kind::one_of(words::endings), "With a FIN, or with an RST.");
  form("after", closing.after, kind::duration,
       "This long after the final response, or after the request where there is none.");
}

template <>
inline constexpr ObjectName object_name<Rewrite>{
    "rewrite", "What is changed in the responses of a rule before they leave."};
void describe(auto& form, Rewrite& rewrite) {
  form("status", rewrite.statuses, kind::one_or_more(kind::Integer{{100, 699}}),
       "Only in responses with this status, or one of these.");
  form("headers", rewrite.headers, kind::Headers{{words::response_variables}},
       "In place of the headers of these names; ${value} is the first that stood there.");
  form("without", rewrite.without, kind::one_or_more(kind::one_line), "Headers that are left out.");
  form("received", rewrite.received, kind::address,
       "The source address that the top Via tells, instead of the true one.");
  form("rport", rewrite.rport, kind::one_or_more(kind::port),
       "The source port that it tells; of a list each request gets the next, over and over.");
  form("content_type", rewrite.content_type, kind::one_line, "Of the body given here.");
  form("body", rewrite.body, kind::MessageLine{words::response_variables},
       "In place of its body, line by line.");
  form("lines", rewrite.raw.lines, kind::MessageLine{words::response_variables},
       "In place of the whole response, line by line, each with its CRLF.");
  form("bytes", rewrite.raw.bytes, kind::bytes, "In place of the whole response.");
}
void check(const Fields& fields, Rewrite& rewrite);

// --- Rules ---------------------------------------------------------------------------------------

/// Which of the requests that a rule would match; a number alone stands for just that one.
struct Nth {
  std::uint32_t from = 1;
  std::optional<std::uint32_t> to;
};
inline constexpr kind::Integer nth_count{{1, 1'000'000}};
template <>
inline constexpr ObjectName object_name<Nth>{"nth", "From one of the requests to another."};
void describe(auto& form, Nth& nth) {
  form("from", nth.from, nth_count, "The first.");
  form("to", nth.to, nth_count, "The last; all that follow if absent.");
}
void check(const Fields& fields, Nth& nth);

template <>
inline constexpr ObjectName object_name<Rule>{
    "rule",
    "Which requests, and exactly one verb: accept, drop, delay, reject, challenge, provisional or "
    "mute."};
void describe(auto& form, Rule& rule) {
  form("name", rule.name, kind::text, "For the journal; made up if absent.");
  form("phase", rule.phase, kind::phase_name,
       "Only while the server is in this phase; in every one if absent.");
  form("method", rule.methods, kind::one_or_more(kind::OneOf<sip::Method>{words::methods()}),
       "One method, or a list; every one if absent.");
  std::optional<Nth> nth;
  if (rule.nth_from > 1 || rule.nth_to) nth = {rule.nth_from, rule.nth_to};
  form("nth", nth, kind::object,
       "Only the nth of the new requests it would match (retransmissions do not count).");
  if (nth) rule.nth_from = nth->from, rule.nth_to = nth->to;
  form("in_dialog", rule.in_dialog, kind::truth,
       "Only requests with (true) or without (false) a To tag.");
  form("event", rule.event, kind::text, "Only this event package.");
  form("from", rule.from, kind::duration, "Only from this scenario time.");
  form("until", rule.until, kind::duration, "Only before this scenario time.");
  form("probability", rule.probability, kind::probability,
       "The chance that it applies, decided for each datagram by the run's seed.");
  form("repeat", rule.repeat, kind::duration,
       "The final response is sent again this long after the first time.");
  form("foreign_sent_by", rule.foreign_sent_by, kind::duration,
       "For this long the responses have the Via of somebody else; then the right one comes.");
  form("rewrite", rule.rewrite, kind::object, "What is changed in the responses.");
  form("close", rule.close, kind::object, "How the TCP connection of the request is closed.");
  form("from_other_port", rule.from_other_port, kind::truth,
       "Over UDP the responses leave from another port of the server.");
  form.template alternative<Accept>("accept", rule.verb, kind::object,
                                    "What a healthy registrar does.");
  form.template alternative<Drop>("drop", rule.verb, kind::present, "No reaction at all.");
  form.template alternative<Delay>("delay", rule.verb, kind::duration,
                                   "Every response this much later.");
  form.template alternative<Reject>("reject", rule.verb, kind::object, "A final response.");
  form.template alternative<ChallengeWith>("challenge", rule.verb, kind::object,
                                           "401 or 407 with a nonce of the run.");
  form.template alternative<Provisional>("provisional", rule.verb, kind::object,
                                         "A provisional response, then nothing.");
  form.template alternative<Mute>("mute", rule.verb, kind::present,
                                  "The server takes the request in, its responses are withheld.");
}
void check(const Fields& fields, Rule& rule);

// --- Servers -------------------------------------------------------------------------------------

template <>
inline constexpr ObjectName object_name<SessionTimer>{
    "session_timer", "What it asks of a device that supports session timers (RFC 4028)."};
void describe(auto& form, SessionTimer& timer) {
  form.required("expires", timer.expires, kind::whole_seconds, "Session-Expires; whole seconds.");
  form("min", timer.min, kind::whole_seconds,
       "Min-SE: a shorter interval gets 422; whole seconds.");
  form("refresher", timer.device_refreshes, kind::one_of(words::refreshers),
       "Who refreshes the session.");
  std::optional<bool> refreshes;
  if (!timer.device_refreshes) refreshes = timer.refreshes;
  form("refreshes", refreshes, kind::truth,
       "A far end that is the refresher keeps that promise; true if absent.");
  timer.refreshes = refreshes.value_or(timer.refreshes);
}
void check(const Fields& fields, SessionTimer& timer);

template <>
inline constexpr ObjectName object_name<Fork>{
    "fork", "Another one who answers the same call, as behind a proxy that forks it."};
void describe(auto& form, Fork& fork) {
  form("ring", fork.ring, kind::delay_or_never, "Sends 180, this long after the INVITE.");
  form("answer", fork.answer, kind::delay_or_never, "Sends 200, this long after the INVITE.");
}

template <>
inline constexpr ObjectName object_name<FarEnd>{
    "far_end", "Who answers behind the server, counted from the INVITE (hang_up: from the 200)."};
void describe(auto& form, FarEnd& far_end) {
  form("ring", far_end.ring, kind::delay_or_never, "Sends 180, this long after the INVITE.");
  form("answer", far_end.answer, kind::delay_or_never, "Sends 200, this long after the INVITE.");
  form("hang_up", far_end.hang_up, kind::delay_or_never, "Sends BYE, this long after its 200.");
  form("session_timer", far_end.session_timer, kind::object, "Absent: it asks for none.");
  form("forks", far_end.forks, kind::object,
       "Others who answer the same call, each with a To tag of its own.");
  form("reliable_ring", far_end.reliable_ring, kind::truth,
       "Its 180 is sent reliably where the device supports 100rel (RFC 3262).");
}

template <>
inline constexpr ObjectName object_name<Link>{
    "link", "What happens to packets on the way; chance is taken from the run's seed."};
void describe(auto& form, Link& link) {
  form("from", link.from, kind::duration, "Only from this scenario time.");
  form("until", link.until, kind::duration, "Only before this scenario time.");
  form("delay", link.delay, kind::duration, "Each way takes this much longer.");
  form("jitter", link.jitter, kind::duration,
       "At most this much is added, chosen at random for each packet.");
  form("reorder", link.reorder, kind::truth,
       "Datagrams may overtake each other; else they keep their order.");
  form("lose_to_server", link.lose_to_server, kind::probability, "Lost on its way to the server.");
  form("lose_to_device", link.lose_to_device, kind::probability, "Lost on its way to the device.");
  form("duplicate_to_device", link.duplicate_to_device, kind::probability,
       "Arrives at the device twice.");
}
void check(const Fields& fields, Link& link);

template <>
inline constexpr ObjectName object_name<Server>{
    "server", "A fake server. What no rule matches gets what a healthy registrar would do."};
void describe(auto& form, Server& server) {
  form("address", server.address, kind::address,
       "IPv4 or IPv6 address; the harness picks one if absent.");
  form("host", server.host, kind::host_name,
       "The device is given this name instead of the address; \"dns\" must lead from it to this "
       "server.");
  form("port", server.port, kind::port, "Its SIP port.");
  form("srv", server.by_srv, kind::truth,
       "The device is given the host without the port: an SRV record of \"dns\" leads there.");
  form("sent_by_port", server.sent_by_port, kind::port,
       "What the Via of its own requests says instead of its port; they ask for rport then.");
  form("far_end", server.far_end, kind::object, "Who answers calls behind it.");
  form("link", server.links, kind::one_or_more(kind::object),
       "What happens to packets on the way; of a list the first whose time it is.");
  form("rules", server.rules, kind::object, "The first one that matches a request decides.");
}

/// The servers by their names.
struct NamedServers {
  std::optional<Server> primary;
  std::optional<Server> secondary;
  std::optional<Server> spare;
  static NamedServers of(const std::vector<Server>& servers);
  std::vector<Server> listed() const;
};
template <>
inline constexpr ObjectName object_name<NamedServers>{"servers", "The two servers of an account."};
void describe(auto& form, NamedServers& servers) {
  form.required("primary", servers.primary, kind::object, "The one that is tried first.");
  form.required("secondary", servers.secondary, kind::object, "The one to fall back to.");
  form("spare", servers.spare, kind::object,
       "Another machine of the primary, with rules and bindings of its own; its name leads to "
       "both.");
}
void check(const Fields& fields, NamedServers& servers);

// --- Names ---------------------------------------------------------------------------------------

template <>
inline constexpr ObjectName object_name<ServiceTarget>{"service_target",
                                                       "One target of an SRV record."};
void describe(auto& form, ServiceTarget& target) {
  form.required("target", target.name, kind::host_name, "A name that has an address.");
  form("port", target.port, kind::port, "The SIP port there.");
  form("priority", target.priority, kind::Integer{{0, 65535}}, "The lowest is tried first.");
  form("weight", target.weight, kind::Integer{{0, 65535}},
       "How often it comes first among those of its priority.");
}

template <>
inline constexpr ObjectName object_name<NameRecord>{"name_record",
                                                    "What the name server says of a name."};
void describe(auto& form, NameRecord& record) {
  form.required("name", record.name, kind::record_name, "The name, in lower case.");
  form("address", record.targets, kind::one_or_more(kind::name_target),
       "\"primary\", \"secondary\", \"spare\" or an address; or several.");
  form("srv", record.services, kind::one_or_more(kind::object),
       "Targets of the service that \"name\" names, \"_sip._udp.p.test\".");
  form("answer", record.answer, kind::one_of(words::name_answers),
       "No address: what is answered, if anything.");
  form("ttl", record.time_to_live, kind::whole_seconds, "Time to live, in whole seconds.");
  form("from", record.from, kind::duration, "Scenario time from which the record counts.");
  form("until", record.until, kind::duration, "Scenario time from which it does not any more.");
}
void check(const Fields& fields, NameRecord& record);

template <>
inline constexpr ObjectName object_name<NameServer>{
    "dns", "The fake name server, for devices that are given their servers by name."};
void describe(auto& form, NameServer& server) {
  form("address", server.address, kind::address,
       "IPv4 or IPv6 address; the harness picks one if absent.");
  form("port", server.port, kind::port, "Its port.");
  form.required("records", server.records, kind::object,
                "The first whose name and time fit is the answer; there is no other name.");
}

// --- The timeline --------------------------------------------------------------------------------

/// A step as files have it: every key beside the others, whoever acts.
struct StepKeys {
  std::optional<Duration> at{};
  std::optional<Anchor> after{};
  std::optional<Duration> plus{};
  std::optional<Duration> deadline{};
  words::Action action = DeviceVerb::boot;
  std::string number{};
  std::string server{};
  std::string phase{};
  std::string event{};
  std::vector<Duration> repeats{};
  std::optional<std::uint32_t> withhold_acks{};
  std::optional<bool> same_call{};
  std::string bytes{};
  std::vector<std::string> lines{};
  std::optional<Ending> how{};
  std::optional<sip::Method> method{};
  static StepKeys of(const Step& step);
  Step step() const;
};
template <>
inline constexpr ObjectName object_name<Step>{
    "step", "When, and what is done: by the device (its user), or by a server.", false};
void describe(auto& form, Step& step) {
  StepKeys keys = StepKeys::of(step);
  form("at", keys.at, kind::duration, "Scenario time.");
  form("after", keys.after, kind::anchor,
       "Seen on the wire: its first occurrence since the device step before this one.");
  form("plus", keys.plus, kind::duration, "This much later; at once if absent.");
  form("deadline", keys.deadline, kind::duration,
       "Scenario time after which the step is given up; the end if absent.");
  form.required("do", keys.action, kind::one_of(words::actions), "The action.");
  form("number", keys.number, kind::text, "What to dial.");
  form("server", keys.server, kind::one_of(words::servers), "The server that acts.");
  form("phase", keys.phase, kind::text,
       "One that a rule of the server names; \"silent\"; or \"default\".");
  form("event", keys.event, kind::one_of(words::notified_packages),
       "The package whose state an unasked NOTIFY tells.");
  form("repeats", keys.repeats, kind::duration,
       "The same request again, this long after the first time.");
  form("withhold_acks", keys.withhold_acks, kind::Integer{{1, 1'000}},
       "The first ACKs of the call, which never leave.");
  form("same_call", keys.same_call, kind::truth,
       "It is the last call of the other server once more, as a proxy before both would fork it.");
  form("bytes", keys.bytes, kind::bytes, "What is sent as it is.");
  form("lines", keys.lines, kind::MessageLine{words::raw_variables},
       "What is sent as it is, line by line, each with its CRLF.");
  form("how", keys.how, kind::one_of(words::endings),
       "How the connections are ended; \"fin\" if absent.");
  form("method", keys.method, kind::one_of(words::far_end_methods),
       "What the far end sends in its calls.");
  step = keys.step();
}
void check(const Fields& fields, Step& step);

// --- The whole -----------------------------------------------------------------------------------

template <>
inline constexpr ObjectName object_name<Expectation>{"expectation",
                                                     "A requirement with a tighter window."};
void describe(auto& form, Expectation& expectation) {
  form.required("requirement", expectation.requirement, kind::requirement, "Id of a requirement.");
  form("min", expectation.min, kind::duration, "The interval is at least this.");
  form("max", expectation.max, kind::duration, "The interval is at most this.");
}
void check(const Fields& fields, Expectation& expectation);

template <>
inline constexpr ObjectName object_name<Configure>{
    "configure", "What the device is set to for this scenario; the profile has the rest."};
void describe(auto& form, Configure& configure) {
  form("register_expiration", configure.register_expiration, kind::whole_minutes,
       "Register Expiration; whole minutes.");
  form("reregister_before", configure.reregister_before, kind::whole_seconds,
       "Reregister before Expiration; whole seconds, 0s: not used.");
  form("subscribe_expiration", configure.subscribe_expiration, kind::whole_minutes,
       "Subscribe Expiration; whole minutes.");
  form("subscriptions", configure.subscriptions, kind::one_of(words::event_packages),
       "Event packages to subscribe to.");
  form("mwi_subscribe", configure.mwi_subscribe, kind::truth, "Subscribe to message waiting.");
  form("transport", configure.transport, kind::one_of(words::transports), "Transport protocol.");
  form("max_request_retries", configure.max_request_retries, request_retries,
       "Leave a server after this many unanswered repeats.");
  form("session_timer", configure.session_timer, kind::whole_seconds,
       "The Session-Expires it asks for; whole seconds.");
  form("options_keepalive", configure.options_keepalive, kind::object, "OPTIONS it sends.");
  form("reliable_provisionals", configure.reliable_provisionals, kind::truth,
       "Supports 100rel and PRACK (RFC 3262).");
}

struct Anything {};
/// A sub-case as it stands in the file. What it changes is merged into the rest before it is read.
struct VariantPatch {
  std::string name;
  Anything changed;
  static const std::vector<std::string_view>& changeable();  ///< keys of the file
};
template <>
inline constexpr ObjectName object_name<VariantPatch>{
    "variant",
    "A merge patch (RFC 7396) over the rest of the file: objects are merged, everything else is "
    "replaced, null removes."};
void describe(auto& form, VariantPatch& patch) {
  form.required("name", patch.name, kind::file_name, "Names the sub-case; unique in the file.");
  for (const std::string_view key : VariantPatch::changeable())
    form(key, patch.changed, kind::any, "Changes that key of the file.");
}

template <>
inline constexpr ObjectName object_name<Scenario>{
    "",
    "A situation to stage: two servers, what they do over time, what the device does, what is "
    "expected."};
void describe(auto& form, Scenario& scenario) {
  schema_reference(form);
  form("name", scenario.name, kind::file_name,
       "Written by the harness into a run folder; else the file's name.");
  form("variant", scenario.variant, kind::file_name, "Written by the harness into a run folder.");
  form.required("title", scenario.title, kind::text, "What happens, in a line.");
  form("why", scenario.why, kind::text, "What a phone can get wrong here.");
  form("source", scenario.source, kind::text, "Clause or guide section that is staged.");
  form.required("duration", scenario.duration, kind::duration, "When the scenario ends.");
  form("ipv6", scenario.ipv6, kind::truth, "Servers and device use IPv6 addresses.");
  form("real_time", scenario.real_time, kind::truth,
       "Short enough for a run in real time; information only.");
  form("devices", scenario.devices, kind::Integer{{1, most_devices}},
       "How many reference UAs take part, each with an account of its own; several only in virtual "
       "time.");
  form("configure", scenario.configure, kind::object, "What the device is set to.");
  NamedServers servers = NamedServers::of(scenario.servers);
  form.required("servers", servers, kind::object, "The two servers.");
  scenario.servers = servers.listed();
  form("dns", scenario.dns, kind::object, "The fake name server.");
  form.required("timeline", scenario.timeline, kind::object, "Steps in the order they are done.");
  form("expect", scenario.expect, kind::object,
       "Requirements this scenario exercises: inconclusive if they cannot be judged. See "
       "`sipharness list requirements`.");
  std::vector<VariantPatch> variants;  // not here any more when the rest is read
  form("variants", variants, kind::object, "Sub-cases, each its own run.");
}
void check(const Fields& fields, Scenario& scenario);

}  // namespace sipharness::scenario
