#include "harness/check/incoming.hpp"

#include <fmt/format.h>

namespace sipharness::check {

using trace::Transaction;

bool is_from_server(const Transaction& transaction) {
  return transaction.direction == trace::Direction::to_device;
}

bool is_incoming_call(const Context& context, const Transaction& transaction) {
  return is_from_server(transaction) && transaction.method == sip::Method::invite &&
         context.opening(transaction).sip.to_tag().empty();
}

bool was_unreachable(const Context& context, const Transaction& transaction) {
  const CaptureTime at = context.opening(transaction).at;
  return is_switched_off(context, at) ||
         next_power_change(context, at) <
             std::min(at + context.profile.timers.sixty_four_t1(), context.trace.last);
}

std::vector<std::size_t> copies_of_final(const Context& context, const Transaction& transaction) {
  std::vector<std::size_t> copies;
  if (!transaction.final) return copies;
  const sip::MessageView& final = context.message(*transaction.final).sip;
  for (const std::size_t response : transaction.responses) {
    const sip::MessageView& sip = context.message(response).sip;
    if (sip.status() == final.status() && sip.to_tag() == final.to_tag())
      copies.push_back(response);
  }
  return copies;
}

bool was_asked_again(const Context& context, const Transaction& transaction) {
  return transaction.final && context.at(transaction.sends.back()) > context.at(*transaction.final);
}

std::string describe_final(const Context& context, const Transaction& transaction) {
  return fmt::format("{} to {}", context.message(*transaction.final).sip.status(),
                     context.opening(transaction).sip.method_text());
}

std::optional<std::size_t> next_in_dialog(const Context& context,
                                          const trace::DialogRequests& requests,
                                          const Transaction& invite, sip::Method method,
                                          trace::Direction direction) {
  const sip::MessageView& answer = context.message(*invite.final).sip;
  const bool by_device = direction == trace::Direction::from_device;
  trace::DialogRequest wanted;
  wanted.method = method;
  wanted.direction = direction;
  wanted.server = invite.server;
  wanted.call_id = answer.call_id();
  if (method == sip::Method::ack) wanted.cseq = answer.cseq();
  wanted.from_tag = by_device ? answer.to_tag() : answer.from_tag();
  wanted.to_tag = by_device ? answer.from_tag() : answer.to_tag();
  return requests.first_after(*invite.final, wanted);
}

}  // namespace sipharness::check
