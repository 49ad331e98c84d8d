#include <string>
#include <utility>

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3262_4_reliability {

/// How the device takes a 180 that is sent reliably.
struct Pracked {
  std::string rack = "7 1 INVITE";   ///< empty: no PRACK at all
  std::string supported = "100rel";  ///< of its INVITE
  Duration answer = 10s;             ///< the 200, so long after the 180
};

std::function<void(Setting)> rings(const Pracked& as) {
  return [=](Setting s) {
    const auto invite = s.trace.at(1s).from_device(primary).request(
        "INVITE", {.cseq = 1, .headers = {{"Supported", as.supported}}});
    const auto ringing = s.trace.at(2s).to_device(primary).response(
        180, {.headers = {{"Require", "100rel"}, {"RSeq", "7"}}, .to = invite});
    s.trace.retransmissions(ringing, {500ms});
    if (!as.rack.empty())
      s.trace.at(2600ms).from_device(primary).request(
          "PRACK", {.cseq = 2, .headers = {{"RAck", as.rack}}, .in = invite});
    s.trace.at(2s + as.answer).to_device(primary).response(200, {.to = invite});
    s.trace.ends(60s);
  };
}

/// A second response is numbered `rseq`, and nobody acknowledges it.
std::function<void(Setting)> rings_twice(const std::string& rseq, const std::string& rack) {
  return [=](Setting s) {
    const auto invite = s.trace.at(1s).from_device(primary).request(
        "INVITE", {.cseq = 1, .headers = {{"Supported", "timer, 100REL"}}});
    for (const auto& [at, number] : {std::pair(2s, std::string("7")), std::pair(4s, rseq)})
      s.trace.at(at).to_device(primary).response(
          180, {.headers = {{"Require", "100rel"}, {"RSeq", number}}, .to = invite});
    for (const auto at : {2600ms, 4600ms})
      s.trace.at(at).from_device(primary).request(
          "PRACK", {.cseq = 2, .headers = {{"RAck", rack}}, .in = invite});
    s.trace.ends(60s);
  };
}

std::function<void(Setting)> seen_at_the_server_of(const Pracked& as) {
  return [=](Setting s) {
    s.trace.vantage(trace::Vantage::server);
    rings(as)(s);
  };
}

}  // namespace rfc3262_4_reliability

std::vector<Case> rfc3262_4_reliability_cases() {
  using namespace rfc3262_4_reliability;
  constexpr std::string_view id = "RFC3262-01";
  constexpr std::string_view needed = "a reliable provisional response";
  return {
      {"named", id, Verdict::pass, rings({})},
      {"never", id, fails("no PRACK to a reliable provisional", {2}), rings({.rack = ""})},
      {"never_seen_at_the_server", id,
       inconclusive("no PRACK to a reliable provisional response; but", {2}),
       seen_at_the_server_of({.rack = ""})},
      {"names_another", id, fails("a PRACK names \"8 1 INVITE\"", {2, 4}),
       rings({.rack = "8 1 INVITE"})},
      {"names_the_wrong_request", id, fails("not \"7 1 INVITE\"", {2, 4}),
       rings({.rack = "7 2 INVITE"})},
      {"blanks_between", id, Verdict::pass, rings({.rack = "7  1\tINVITE"})},
      {"not_numbered_next", id, Verdict::pass, rings_twice("9", "7 1 INVITE")},
      {"only_the_first_named", id, fails("no PRACK to a reliable provisional response", {4}),
       rings_twice("8", "7 1 INVITE")},
      {"answered_before", id, needs(needed), rings({.rack = "", .answer = 1s})},
      {"without_the_extension", id, needs(needed), rings({.rack = "", .supported = "path"})},
  };
}

}  // namespace sipharness::check_tests
