// Message waiting: what the device asks for, and what it makes of a NOTIFY that it did not ask for.
// @source RFC 3842 §3.1, §3.5; RFC 6665 §4.1.3

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "harness/check/families.hpp"
#include "harness/observed/evidence.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/subscriptions.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::check {
namespace {

using sip::HeaderId;

constexpr std::string_view summary = "application/simple-message-summary";

bool is_summary(std::string_view range) {
  return sip::same_ignoring_case(range, summary);
}

bool covers_summary(std::string_view range) {
  return is_summary(range) || range == "*/*" || sip::same_ignoring_case(range, "application/*");
}

/// The media ranges that the request accepts, without their parameters.
std::vector<std::string_view> accepted(const sip::MessageView& request) {
  std::vector<std::string_view> ranges;
  for (const sip::Header& header : request.headers()) {
    if (header.id != HeaderId::accept) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const std::string_view range = sip::take_list_member(rest);
      ranges.push_back(sip::trim(range.substr(0, range.find(';'))));
    }
  }
  return ranges;
}

void asks_for_message_summaries(const Phone& phone, Judge& judge) {
  judge.needs("a SUBSCRIBE for message waiting");
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.method != sip::Method::subscribe ||
        transaction.direction != trace::Direction::from_device)
      continue;
    const sip::MessageView& request = opening(phone, transaction).sip;
    const bool is_package = event_of(request) == "message-summary";
    const auto ranges = accepted(request);
    // One Accept may serve all the packages of a device; summaries alone are message waiting.
    const bool wants_summary = !ranges.empty() && std::ranges::all_of(ranges, is_summary);
    const Evidence evidence = evidence_of(phone, transaction);
    if (!is_package && wants_summary)
      judge.violated(evidence, fmt::format("a message summary is asked for with Event: {}",
                                           event_of(request)));
    else if (is_package && !ranges.empty() && std::ranges::none_of(ranges, covers_summary))
      judge.violated(evidence, fmt::format("Event: message-summary, but Accept lacks {}", summary));
    else if (is_package)
      judge.pass(evidence, "Event and Accept are those of message waiting");
  }
}

/// No subscription of the device fits this NOTIFY.
bool is_unasked(const std::vector<Subscription>& all, const Transaction& notify) {
  return std::ranges::none_of(all, [&](const Subscription& one) {
    return std::ranges::find(one.notified, &notify) != one.notified.end();
  });
}

void tolerates_unasked_notify(const Phone& phone, Judge& judge) {
  judge.needs("a NOTIFY of message waiting that no subscription asked for",
              verdict::Blame::harness);
  const auto all = subscriptions(phone);
  for (const Transaction& notify : transactions(phone)) {
    const trace::Message& request = opening(phone, notify);
    if (notify.method != sip::Method::notify || notify.direction != trace::Direction::to_device ||
        event_of(request.sip) != "message-summary" || !is_unasked(all, notify))
      continue;
    const Evidence evidence = evidence_of(phone, notify);
    if (notify.final)
      judge.pass(evidence,
                 fmt::format("an unasked NOTIFY of the {} is answered with {}",
                             to_string(notify.server), phone.message(*notify.final).sip.status()));
    else
      judge.violated(evidence, fmt::format("an unasked NOTIFY of the {} is not answered",
                                           to_string(notify.server)));
  }
}

constexpr std::array table{
    Check{"RFC3842-01", asks_for_message_summaries},
    Check{"RFC3842-02", tolerates_unasked_notify},
};

}  // namespace

std::span<const Check> rfc3842_3_message_waiting_checks() {
  return table;
}

}  // namespace sipharness::check
