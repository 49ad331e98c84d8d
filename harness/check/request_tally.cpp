#include "harness/check/request_tally.hpp"

#include <fmt/format.h>

namespace sipharness::check {

void RequestTally::ask(sip::Method method, std::string_view fine, const Question& question) {
  std::size_t asked = 0;
  bool all_fine = true;
  std::size_t first_index = 0;
  for (const trace::Message& message : phone_.messages) {
    if (!message.from_device() || !message.sip.is_request()) continue;
    if (method != sip::Method::unknown && message.sip.method() != method) continue;
    if (asked++ == 0) first_index = message.index;
    const std::optional<std::string> violation = question(message);
    if (!violation) continue;
    all_fine = false;
    judge_.violated({message.server, message.sip.call_id(), {message.index}}, *violation);
  }
  if (asked > 0 && all_fine)
    judge_.pass({trace::ServerRole::none, {}, {first_index}},
                fmt::format("{} in all {} requests", fine, asked));
}

}  // namespace sipharness::check
