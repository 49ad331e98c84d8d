// Message waiting: what the device asks for, and what it makes of a NOTIFY that it did not ask for.
// @source RFC 3842 §3.1, §3.5; RFC 6665 §4.1.3

#include <algorithm>

#include "harness/check/families.hpp"
#include "harness/observed/server_names.hpp"
#include "harness/observed/subscriptions.hpp"
#include "harness/sip/text.hpp"

namespace sipharness::check {
namespace {

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
  for (const sip::Header& header : request.headers_from(sip::HeaderId::accept)) {
    if (header.id != HeaderId::accept) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const std::string_view range = sip::take_list_member(rest);
      ranges.push_back(sip::trim(range.substr(0, range.find(';'))));
    }
  }
  return ranges;
}

void asks_for_message_summaries(const Phone& phone, const Transaction& subscribe, Occurrence& it) {
  const sip::MessageView& request = opening(phone, subscribe).sip;
  const bool is_package = event_of(request) == "message-summary";
  const auto ranges = accepted(request);
  // One Accept may serve all the packages of a device; summaries alone are message waiting.
  const bool wants_summary = !ranges.empty() && std::ranges::all_of(ranges, is_summary);
  if (!is_package && wants_summary)
    it.violated("a message summary is asked for with Event: {}", event_of(request));
  else if (is_package && !ranges.empty() && std::ranges::none_of(ranges, covers_summary))
    it.violated("Event: message-summary, but Accept lacks {}", summary);
  else if (is_package)
    it.pass("Event and Accept are those of message waiting");
}

void tolerates_unasked_notify(const Phone& phone, const Transaction& notify, Occurrence& it) {
  if (event_of(opening(phone, notify).sip) != "message-summary") return;
  const std::string_view server = named(notify.server);
  if (notify.final)
    it.pass("an unasked NOTIFY of {} is answered with {}", server,
            phone.message(*notify.final).sip.status());
  else
    it.violated("an unasked NOTIFY of {} is not answered", server);
}

const std::array rfc3842_message_waiting{
    Rule{.row = {.id = "RFC3842-01",
                 .clause = "RFC 3842 §3.1, §3.5",
                 .severity = Severity::must,
                 .sentence = "Message waiting is asked for with its package and its body type.",
                 .observed = "The SUBSCRIBE says Event: message-summary, and its Accept, if it "
                             "has one, covers application/simple-message-summary."},
         .needs = {"a SUBSCRIBE for message waiting"},
         .judge = each<subscribes, asks_for_message_summaries>,
         .is_about_content = true},
    Rule{.row = {.id = "RFC3842-02",
                 .clause = "RFC 3842 §3",
                 .severity = Severity::info,
                 .sentence = "A NOTIFY of message waiting that nobody asked for does no harm.",
                 .observed = "How the device answers such a NOTIFY is recorded."},
         .needs = {"a NOTIFY of message waiting that no subscription asked for", Blame::harness},
         .judge = each<unasked_notifies, tolerates_unasked_notify>},
};

}  // namespace

std::span<const Rule> rfc3842_message_waiting_rules() {
  return rfc3842_message_waiting;
}

}  // namespace sipharness::check
