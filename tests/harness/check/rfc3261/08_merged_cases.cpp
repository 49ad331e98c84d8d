#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {
namespace rfc3261_8_merged {

/// How the device takes the second copy of a request.
struct Taken {
  int status = 482;
  std::string user = "1001";  ///< whom the copy is for
  Duration after = 30ms;      ///< the first one
  int first_status = 180;     ///< what the first one got
  std::string method = "INVITE";
};

/// One request by both servers.
std::function<void(Setting)> forked(const Taken& taken) {
  return [=](Setting s) {
    registrations(s.trace, 0s);
    const auto fields = [&](const std::string& user) {
      return Fields{.cseq = 1,
                    .uri = "sip:" + user + "@127.0.0.1:5062",
                    .call_id = "one@call",
                    .from_tag = "1234abcd"};
    };
    const auto first = s.trace.at(5s).to_device(primary).request(taken.method, fields("1001"));
    s.trace.at(5010ms).from_device(primary).response(taken.first_status, {.to = first});
    const auto copy =
        s.trace.at(5s + taken.after).to_device(secondary).request(taken.method, fields(taken.user));
    if (taken.status != 0)
      s.trace.at(5020ms + taken.after)
          .from_device(secondary)
          .response(taken.status, {.to_tag = "ef56abcd", .to = copy});
    s.trace.ends(30s);
  };
}

std::function<void(Setting)> seen_at_the_server(const Taken& taken) {
  return [=](Setting s) {
    s.trace.vantage(trace::Vantage::server);
    forked(taken)(s);
  };
}

}  // namespace rfc3261_8_merged

std::vector<Case> rfc3261_8_merged_cases() {
  using namespace rfc3261_8_merged;
  constexpr std::string_view id = "RFC3261-UAS-MERGE";
  constexpr std::string_view needed = "a request that comes on two ways";
  return {
      {"refused", id, Verdict::pass, forked({})},
      {"rings_twice", id, warns("by the secondary rang as a call of its own", {5, 7, 8}),
       forked({.status = 180})},
      {"answers_twice", id, warns("the same INVITE by the secondary got 200", {5, 7, 8}),
       forked({.status = 200, .first_status = 200})},
      {"is_busy_with_itself", id, warns("the same INVITE by the secondary got 486", {5, 7, 8}),
       forked({.status = 486})},
      {"a_message_twice", id, warns("the same MESSAGE by the secondary got 200", {5, 6, 8}),
       forked({.status = 200, .after = 5ms, .first_status = 200, .method = "MESSAGE"})},
      {"not_answered", id, warns("the same INVITE by the secondary was not answered", {5, 7}),
       forked({.status = 0})},
      {"not_answered_at_the_server", id,
       inconclusive("was not answered; but the capture was not taken at the device", {5, 7}),
       seen_at_the_server({.status = 0})},
      {"refused_both", id, needs(needed),
       forked({.status = 486, .after = 5ms, .first_status = 486})},
      {"not_let_in_that_way", id, needs(needed), forked({.status = 403})},
      {"given_up", id, needs(needed), forked({.status = 487})},
      {"two_lines", id, needs(needed), forked({.status = 180, .user = "1002"})},
      {"after_the_first_was_refused", id, needs(needed),
       forked({.status = 180, .after = 5s, .first_status = 486})},
      {"two_calls", id, needs(needed),
       [](Setting s) {
         s.trace.at(5s).to_device(primary).request("INVITE");
         s.trace.at(6s).to_device(secondary).request("INVITE");
       }},
  };
}

}  // namespace sipharness::check_tests
