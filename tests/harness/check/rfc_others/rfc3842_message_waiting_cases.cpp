#include "tests/harness/check/subscription_situations.hpp"

namespace sipharness::check_tests {
namespace rfc3842_3_message_waiting {

std::function<void(Setting)> accepting(const std::string& event, const std::string& accept) {
  return registered([=](Setting s) {
    Fields fields = asking(event);
    if (!accept.empty()) fields.headers.emplace_back("Accept", accept);
    subscribe(s, primary, 1s, fields);
  });
}

std::function<void(Setting)> unasked(int status) {
  return registered([=](Setting s) {
    const auto sent = s.trace.at(5s).to_device(secondary).request(
        "NOTIFY", {.headers = {{"Event", message_summary}, {"Subscription-State", "active"}}});
    if (status != 0) s.trace.at(5010ms).from_device(secondary).response(status, {.to = sent});
  });
}

}  // namespace rfc3842_3_message_waiting

std::vector<Case> rfc3842_3_message_waiting_cases() {
  using namespace rfc3842_3_message_waiting;
  return {
      {"covered", "RFC3842-01", Verdict::pass,
       accepting(message_summary, "application/simple-message-summary")},
      {"by_default", "RFC3842-01", Verdict::pass, accepting(message_summary, "")},
      {"by_wildcard", "RFC3842-01", Verdict::pass, accepting(message_summary, "text/plain, */*")},
      {"not_covered", "RFC3842-01", fails("Accept lacks application/simple-message-summary", {5}),
       accepting(message_summary, "application/xml")},
      {"another_package", "RFC3842-01", fails("is asked for with Event: mwi", {5}),
       accepting("mwi", "application/simple-message-summary")},
      {"one_accept_for_all_packages", "RFC3842-01", needs("a SUBSCRIBE for message waiting"),
       accepting("presence", "application/pidf+xml, application/simple-message-summary")},
      {"not_asked", "RFC3842-01", needs("a SUBSCRIBE for message waiting"), registered(nothing)},
      {"answered_481", "RFC3842-02", info("is answered with 481", {5}), unasked(481)},
      {"not_answered", "RFC3842-02", info("is not answered", {5}), unasked(0)},
      {"none", "RFC3842-02", needs("a NOTIFY of message waiting that no subscription asked for"),
       registered(nothing)},
  };
}

}  // namespace sipharness::check_tests
