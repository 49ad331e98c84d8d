// Provisional responses that are sent reliably. @source RFC 3262 §4

#include "harness/check/families.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/reliable_provisionals.hpp"
#include "harness/sip/named_header.hpp"

namespace sipharness::check {
namespace {

/// policy: as soon as any other action of a device.
constexpr Duration time_to_prack = 2s;

/// Until then no final response came that made it needless, and the device was there.
bool had_time(const Phone& phone, const ReliableProvisional& one) {
  const CaptureTime came = phone.at(one.response);
  const CaptureTime due = came + time_to_prack;
  const bool was_settled = one.invite->final && phone.at(*one.invite->final) <= due;
  return phone.trace.last > due && !was_settled && next_power_change(phone, came) > due;
}

void is_acknowledged_by_prack(const Phone& phone, const ReliableProvisional& one, Occurrence& it) {
  if (one.prack)
    it.pass("PRACK names \"{}\"", one.rack);
  else if (one.stray_prack && had_time(phone, one))
    it.violated("a PRACK names \"{}\", not \"{}\"",
                sip::header_named(phone.message(*one.stray_prack).sip, "RAck"), one.rack);
  else if (had_time(phone, one))
    it.violated_unless_lost("no PRACK to a reliable provisional response");
}

const std::array rfc3262_reliability{
    Rule{.row = {.id = "RFC3262-01",
                 .clause = "RFC 3262 §4",
                 .severity = Severity::must,
                 .sentence = "A reliable provisional response to an INVITE that supports 100rel is "
                             "acknowledged by a PRACK that names it.",
                 .observed = "Within 2 s of its first copy, where no final response comes before, "
                             "a PRACK in its dialog has RAck with its RSeq, and CSeq and method "
                             "of the INVITE. One whose RSeq is not the next is not asked for.",
                 .tolerance = "policy: 2 s"},
         .needs = {"a reliable provisional response to an INVITE that supports 100rel",
                   Blame::harness},
         .judge = each<reliable_provisionals, is_acknowledged_by_prack>},
};

}  // namespace

std::span<const Rule> rfc3262_reliability_rules() {
  return rfc3262_reliability;
}

}  // namespace sipharness::check
