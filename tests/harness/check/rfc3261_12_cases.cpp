#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace {

using test_support::Fields;

/// A call to the device is up; a BYE with these fields draws `status`.
std::function<void(Setting)> bye(const Fields& fields, int status) {
  return [=](Setting s) {
    booted(s.trace);
    s.trace.at(5s).to_device(primary).request("INVITE");
    s.trace.at(6s).from_device(primary).response(200);
    s.trace.at(6010ms).to_device(primary).request("ACK");
    s.trace.at(10s).to_device(primary).request("BYE", fields);
    s.trace.at(10010ms).from_device(primary).response(status);
  };
}

}  // namespace

std::vector<Case> rfc3261_12_cases() {
  const Fields stray{.call_id = "never-was", .to_tag = "nobody"};
  const Fields other_tag{.to_tag = "nobody"};
  return {
      {"unknown", "RFC3261-DLG-04", Verdict::pass, bye(stray, 481)},
      {"unknown_and_taken", "RFC3261-DLG-04", warns("drew 200", {8, 9}), bye(stray, 200)},
      {"other_tag_and_taken", "RFC3261-DLG-04", warns("drew 200", {8, 9}), bye(other_tag, 200)},
      {"unknown_wants_proof", "RFC3261-DLG-04",
       needs("a BYE in a dialog that the device does not know"), bye(stray, 401)},
      {"known", "RFC3261-DLG-04", needs("a BYE in a dialog that the device does not know"),
       bye({}, 200)},
      {"call_from_before_the_capture", "RFC3261-DLG-04",
       needs("a BYE in a dialog that the device does not know"),
       [=](Setting s) {
         bye(stray, 200)(s);
         s.trace.without_journal();
       }},
  };
}

}  // namespace sipharness::check_tests
