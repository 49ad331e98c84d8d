// How a REGISTER is made and when it is sent again. @source RFC 3261 §10.2

#include <cstdint>
#include <map>

#include "harness/base/counted.hpp"
#include "harness/check/families.hpp"
#include "harness/check/shared_judgements.hpp"
#include "harness/check/unless.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/grants.hpp"
#include "harness/observed/observed_t1.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/refresh.hpp"
#include "harness/observed/register_contacts.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/renewals.hpp"
#include "harness/observed/restarts.hpp"
#include "harness/observed/sent_requests.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::check {
namespace {

// --- Headers -------------------------------------------------------------------------------------

Wrong request_uri_problem(const Phone& /*phone*/, const Message& message) {
  const auto uri = sip::parse_uri(message.sip.request_uri());
  const bool is_sip = uri && (sip::same_ignoring_case(uri->scheme, "sip") ||
                              sip::same_ignoring_case(uri->scheme, "sips"));
  if (!is_sip) return fmt::format("Request-URI \"{}\" is no SIP URI", message.sip.request_uri());
  if (message.sip.request_uri().find('@') != std::string_view::npos)
    return fmt::format("Request-URI \"{}\" has a user part", message.sip.request_uri());
  return std::nullopt;
}

/// §10.2: who registers for another says so by that. Whether it is meant to, its account tells.
bool may_be_third_party(const Phone& phone, std::string_view to, std::string_view from) {
  const auto registered = sip::parse_uri(to);
  const auto registering = sip::parse_uri(from);
  const bool is_account_known = phone.trace.has_journal() || !phone.profile.account.is_any();
  return !is_account_known && registered && registering && registered->user != registering->user;
}

void names_its_aor(const Phone& phone, const Message& message, Occurrence& it) {
  const auto to = sip::parse_address(message.sip.header(HeaderId::to));
  const auto from = sip::parse_address(message.sip.header(HeaderId::from));
  it.in_itself();
  if (!to || !from)
    it.violated("To or From cannot be read");
  else if (message.sip.from_tag().empty())
    it.violated("From has no tag");
  else if (!message.sip.to_tag().empty())
    it.violated("To has a tag");
  else if (!sip::same_uri(to->uri, from->uri))
    it.violated_if(!may_be_third_party(phone, to->uri, from->uri),
                   fmt::format("To is {}, From is {}", to->uri, from->uri), Blame::user,
                   ": a registration for somebody else? --profile with its account would tell");
}

void one_call_id_per_boot(const Phone& phone, const RegistersAtServer& at, Occurrence& it) {
  const std::size_t restarts = restarts_presumed(phone, at);
  std::size_t changes = restarts;
  for (std::size_t i = 1; i < at.registers.size(); ++i) {
    const Message& before = opening(phone, *at.registers[i - 1]);
    const Message& now = opening(phone, *at.registers[i]);
    // The REGISTER before may itself be the one by which the device says that it goes.
    const bool rebooted = next_power_change(phone, before.at - Duration(1)) <= now.at;
    if (rebooted || have_same_call_id(phone, now, before)) continue;
    if (restarts > 0 && may_have_restarted(phone, *at.registers[i - 1], *at.registers[i])) continue;
    ++changes;
    it.about(*at.registers[i])
        .violated("a new Call-ID at the {} without a restart", to_string(at.server));
  }
  if (changes == 0 && at.registers.size() >= 2)
    it.about({at.server, opening(phone, *at.registers.front()).sip.call_id(), {}})
        .pass("one Call-ID for {} at the {}", all_of(at.registers.size(), "REGISTER"),
              to_string(at.server));
}

void judge_wrong_number(const Phone& phone, std::uint32_t before, const Message& now,
                        Occurrence& it) {
  if (now.sip.cseq() > before && phone.trace.vantage == trace::Vantage::server)
    it.inconclusive(Blame::network,
                    "captured at the server: who saw the CSeq numbers between {} and "
                    "{} is not known",
                    before, now.sip.cseq());
  else
    it.violated("CSeq {} after {} at the {}", now.sip.cseq(), before, to_string(now.server));
}

void cseq_counts_up(const Phone& phone, const RegistersAtServer& at, Occurrence& it) {
  std::map<std::uint32_t, const Transaction*> latest;  // by Call-ID
  std::size_t steps = 0;
  bool all_right = true;
  for (const Transaction* transaction : at.registers) {
    const Message& request = opening(phone, *transaction);
    const auto [entry, is_first] = latest.emplace(call_numbers(phone)[request], transaction);
    const Transaction& last = *std::exchange(entry->second, transaction);
    if (is_first || is_at_next_address(phone, last, *transaction)) continue;
    const Message& before = opening(phone, last);
    ++steps;
    if (is_next(phone, register_numbers(phone), before, request)) continue;
    all_right = false;
    judge_wrong_number(phone, before.sip.cseq(), request, it.about(*transaction));
  }
  if (steps > 0 && all_right)
    it.pass("CSeq counts up over {} REGISTERs at the {}", steps + 1, to_string(at.server));
}

// --- Contact -------------------------------------------------------------------------------------

/// The address of a Contact, once it was read. False if it is wrong.
bool judge_own_address(const Phone& phone, const Message& message, const sip::Uri& uri,
                       Occurrence& it) {
  if (came_through_a_proxy(message)) return true;
  const IpAddress& source = message.source.address;
  const LeadsTo host = where_leads(phone, message, uri.host);
  const auto contact = uri.endpoint();
  const bool is_left = contact && contact->address != source && has_moved_by(phone, message.at);
  if (host == LeadsTo::nobody)
    it.violated("Contact host {} leads to nobody", uri.host);
  else if (host != LeadsTo::phone || is_left)
    leads_elsewhere(
        phone, host, it,
        fmt::format("Contact host {} but the packet came from {}", uri.host, source.text()));
  else if (contact && contact->address == source && is_other_port(phone, message, uri))
    it.violated("Contact port {} but the packet came from port {}", contact->port,
                message.source.port);
  else
    return true;
  return false;
}

void is_reachable(const Phone& phone, const RegisterContact& contact, Occurrence& it) {
  if (contact.uri == "*") return;
  const auto uri = sip::parse_uri(contact.uri);
  if (!uri)
    it.violated("Contact \"{}\" cannot be read", contact.uri);
  else if (judge_own_address(phone, *contact.message, *uri, it) && !contact.left.empty())
    it.violated("Contact {} where it was {}", contact.uri, contact.left);
}

// --- When ----------------------------------------------------------------------------------------

void refreshed_before_it_lapses(const Phone& phone, const Renewal& renewal, Occurrence& it) {
  const RegisterAttempt& granted = *renewal.granted;
  const CaptureTime lapse = *granted.ok + renewal.expiry;
  const CaptureTime off = next_power_change(phone, *granted.ok);
  if (may_be_given_up(phone, renewal))
    return it.inconclusive(
        Blame::user,
        "the binding of {} at the {} lapsed without a refresh, and the phone went on to register "
        "others there: whether this one was given up, --journal would tell",
        renewal.contact.empty() ? granted.aor : renewal.contact, to_string(granted.server));
  if (renewal.renewed == nullptr || *renewal.renewed->ok > off) {
    if (off > lapse)
      violated_unless_out(
          phone, granted, it,
          fmt::format("the binding at the {} lapsed without a refresh", to_string(granted.server)));
    return;
  }
  const RegisterAttempt& renewed = *renewal.renewed;
  it.about(granted).cite(evidence_of(phone, renewed).messages.front());
  if (is_left_to_lapse(phone, granted) &&
      possible_outage(phone, granted.server, *granted.ok, lapse))
    return violated_unless_out(
        phone, granted, it,
        fmt::format("the binding at the {} was renewed {} after it lapsed",
                    to_string(granted.server), format_seconds(*renewed.ok - lapse)));
  const Duration answered_after = *renewed.ok - opening(phone, last_of(phone, renewed)).at;
  if (*renewed.ok >= lapse && renewed.start < lapse && answered_after > phone.profile.timers.t1)
    return it.inconclusive(Blame::network, "asked for in time; the server took {} to answer",
                           format_seconds(answered_after));
  it.within(before_lapse(*granted.ok, *renewed.ok, renewal.expiry),
            "binding at the {} renewed after its last 200", to_string(granted.server));
  const Duration left = lapse - *renewed.ok;
  if (left > Duration::zero() && left < policy::thin_margin)
    it.warn("renewed only {} before the binding lapsed", format_seconds(left));
}

void one_at_a_time(const Phone& phone, const RegistersAtServer& at, Occurrence& it) {
  std::size_t left_out = 0;
  bool all_right = true;
  for (std::size_t i = 1; i < at.registers.size(); ++i) {
    const Message& before = opening(phone, *at.registers[i - 1]);
    const Message& next = opening(phone, *at.registers[i]);
    // How long it waited for its answer is not known then.
    const bool has_begun_unseen =
        !at.registers[i - 1]->final && may_have_begun_unseen(phone, *at.registers[i - 1]);
    // One without Contact only asks what is bound (§10.2.3).
    if (has_begun_unseen || !next.sip.has(HeaderId::contact)) {
      ++left_out;
      continue;
    }
    if (!overlaps(phone, *at.registers[i - 1], next)) continue;
    all_right = false;
    it.about(*at.registers[i]);
    const std::string seen = fmt::format("a new REGISTER {} after one that was still unanswered",
                                         format_seconds(next.at - before.at));
    // §10.2 forbids it for new Contact values only.
    if (has_new_contact(before, next))
      it.fail(seen + ", with another Contact");
    else
      it.warn(seen + ", with the same Contact");
  }
  if (all_right && at.registers.size() >= 2 + left_out)
    it.pass("{} at the {}, one at a time", counted(at.registers.size() - left_out, "REGISTER"),
            to_string(at.server));
}

const std::array rfc3261_10_register{
    Rule{.row = {.id = "RFC3261-REG-01",
                 .clause = "RFC 3261 §10.2",
                 .severity = Severity::must,
                 .sentence = "The Request-URI of a REGISTER names the domain of the registrar and "
                             "has no user part.",
                 .observed = "The Request-URI of every REGISTER is a SIP or SIPS URI without "
                             "userinfo and \"@\"."},
         .held = {"a Request-URI without user part in {}"},
         .judge = every<registers_of_device, request_uri_problem>,
         .is_about_content = true},
    Rule{.row = {.id = "RFC3261-REG-02",
                 .clause = "RFC 3261 §10.2, §8.1.1.2, §8.1.1.3",
                 .severity = Severity::must,
                 .sentence = "To holds the address of record; From holds the same one with a tag; "
                             "To has no tag.",
                 .observed = "In every REGISTER, refreshes included, the URIs of To and From are "
                             "equal by §19.1.4, From has a tag and To has none."},
         .held = {"To and From the same AOR, tag only in From in {}"},
         .judge = every<registers_of_device, names_its_aor>,
         .is_about_content = true},
    Rule{.row =
             {.id = "RFC3261-REG-03",
              .clause = "RFC 3261 §10.2, §10.2.4",
              .severity = Severity::should,
              .sentence = "The device uses one Call-ID for all registrations at one registrar "
                          "until it boots again.",
              .observed =
                  "All REGISTER attempts at one server between two boots carry the same Call-ID."},
         .needs = {"two REGISTERs at one server"},
         .judge = each<registers_by_registration, one_call_id_per_boot>},
    Rule{.row = {.id = "RFC3261-REG-04",
                 .clause = "RFC 3261 §10.2, §22.2",
                 .severity = Severity::must,
                 .sentence =
                     "Every new REGISTER with the same Call-ID raises the CSeq number by one.",
                 .observed = "In time order, the CSeq numbers of new REGISTER transactions of one "
                             "Call-ID follow each other without a repeat, a fall or a gap."},
         .needs = {"two REGISTERs with one Call-ID at one server"},
         .judge = each<registers_by_registration, cseq_counts_up>,
         .follows = {"RFC3261-TX-BYTEID"}},
    Rule{.row = {.id = "RFC3261-REG-05",
                 .clause = "RFC 3261 §10.2, §8.1.1.8",
                 .severity = Severity::must,
                 .sentence =
                     "The Contact of a REGISTER carries a URI at which the device can be reached.",
                 .observed = "Each REGISTER that asks for a binding has a Contact whose host and "
                             "port are those the device receives on or is seen under, the same at "
                             "each refresh. Elsewhere than at the device a NAT may stand between."},
         .held = {"a Contact that leads back to the device in {}"},
         .judge = every<register_contacts, is_reachable>},
    Rule{.row = {.id = "RFC3261-REG-09",
                 .clause = "RFC 3261 §10.2.4",
                 .severity = Severity::must,
                 .sentence = "The device refreshes a binding before it lapses.",
                 .observed = "The 200 to a refresh comes before the previous 200 plus the granted "
                             "expiry; less than 1 s before is a warning."},
         .needs = {"a granted registration whose whole life the capture covers"},
         .judge = in_turn<each<renewals, refreshed_before_it_lapses>,
                          each<unknown_grants, is_granted_for_an_unknown_time>>},
    Rule{.row = {.id = "RFC3261-REG-10",
                 .clause = "RFC 3261 §10.2",
                 .severity = Severity::must,
                 .sentence = "The device sends no new registration to a registrar while one is "
                             "outstanding there.",
                 .observed = "Each new REGISTER transaction starts after the final response of the "
                             "one before at that server, or 64*T1 after that one's start if it got "
                             "none. An early one with the same Contact is a warning.",
                 .tolerance = "profile: timer"},
         .needs = {"two REGISTERs at one server"},
         .unless = leaves_early,
         .judge = each<registers_by_registration, one_at_a_time>},
};

}  // namespace

std::span<const Rule> rfc3261_10_register_rules() {
  return rfc3261_10_register;
}

}  // namespace sipharness::check
