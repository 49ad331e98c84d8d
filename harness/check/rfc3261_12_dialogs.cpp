// Dialogs: which requests belong to one, and what becomes of it when a request within it fails.
// @source RFC 3261 §12.2, §14.1, §15.1

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/check/incoming.hpp"

namespace sipharness::check {
namespace {

using sip::Method;
using trace::Transaction;

/// An INVITE or an answer to it made the two tags of `request` one dialog, confirmed or early.
bool is_in_a_known_dialog(const Context& context, const sip::MessageView& request) {
  return std::ranges::any_of(context.trace.messages, [&](const trace::Message& message) {
    const sip::MessageView& sip = message.sip;
    if (sip.method() != Method::invite || sip.call_id() != request.call_id()) return false;
    const bool same_way = sip.from_tag() == request.from_tag() && sip.to_tag() == request.to_tag();
    const bool other_way = sip.from_tag() == request.to_tag() && sip.to_tag() == request.from_tag();
    return same_way || other_way;
  });
}

/// Whether the whole life of the device is in the capture, so that it can know no other dialogs.
bool is_seen_from_its_boot(const Context& context) {
  return context.trace.has_journal();
}

/// Calls with that Call-ID are in the capture, and this is none of them.
bool has_a_namesake(const Context& context, const sip::MessageView& request) {
  return std::ranges::any_of(context.trace.messages, [&](const trace::Message& message) {
    return message.sip.method() == Method::invite && message.sip.call_id() == request.call_id();
  });
}

void unknown_bye_draws_481(const Context& context, Judge& judge) {
  judge.needs("a BYE in a dialog that the device does not know", verdict::Blame::harness);
  for (const Transaction& bye : context.transactions) {
    if (bye.method != Method::bye || !is_from_server(bye) || !bye.final) continue;
    const sip::MessageView& request = context.opening(bye).sip;
    const bool is_foreign = !is_in_a_known_dialog(context, request) &&
                            (is_seen_from_its_boot(context) || has_a_namesake(context, request));
    if (!is_foreign) continue;
    const int status = context.message(*bye.final).sip.status();
    Evidence evidence = evidence_of(context, bye);
    evidence.messages.push_back(*bye.final);
    if (status == 481)
      judge.pass(evidence, "a BYE in an unknown dialog drew 481");
    else
      judge.violated(evidence, fmt::format("a BYE in an unknown dialog drew {}", status));
  }
}

constexpr std::array table{
    Check{"RFC3261-DLG-04", unknown_bye_draws_481},
};

}  // namespace

std::span<const Check> rfc3261_12_dialog_checks() {
  return table;
}

}  // namespace sipharness::check
