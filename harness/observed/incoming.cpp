#include "harness/observed/incoming.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

std::vector<const Transaction*> find_server_transactions(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (is_from_server(transaction)) found.push_back(&transaction);
  return found;
}

bool is_from_server(const Transaction& transaction) {
  return transaction.direction == Direction::to_device;
}

bool is_incoming_call(const Phone& phone, const Transaction& transaction) {
  return is_from_server(transaction) && transaction.method == sip::Method::invite &&
         opening(phone, transaction).sip.to_tag().empty();
}

bool was_unreachable(const Phone& phone, const Transaction& transaction) {
  const CaptureTime at = opening(phone, transaction).at;
  return is_switched_off(phone, at) ||
         next_power_change(phone, at) <
             std::min(at + phone.profile.timers.sixty_four_t1(), phone.trace.last);
}

std::vector<std::size_t> copies_of_final(const Phone& phone, const Transaction& transaction) {
  std::vector<std::size_t> copies;
  if (!transaction.final) return copies;
  const sip::MessageView& final = phone.message(*transaction.final).sip;
  for (const std::size_t response : transaction.responses) {
    const sip::MessageView& sip = phone.message(response).sip;
    if (sip.status() == final.status() && sip.to_tag() == final.to_tag())
      copies.push_back(response);
  }
  return copies;
}

bool was_asked_again(const Phone& phone, const Transaction& transaction) {
  return transaction.final && phone.at(transaction.sends.back()) > phone.at(*transaction.final);
}

std::string describe_final(const Phone& phone, const Transaction& transaction) {
  return fmt::format("{} to {}", phone.message(*transaction.final).sip.status(),
                     opening(phone, transaction).sip.method_text());
}

std::optional<std::size_t> next_in_dialog(const Phone& phone, const DialogRequests& requests,
                                          const Transaction& invite, sip::Method method,
                                          Direction direction) {
  const Message& opened = opening(phone, invite);
  const sip::MessageView& request = opened.sip;
  const std::string_view own_tag = phone.message(*invite.final).sip.to_tag();
  const bool by_device = direction == Direction::from_device;
  DialogRequest wanted;
  wanted.method = method;
  wanted.direction = direction;
  wanted.call = call_numbers(phone)[opened];
  if (method == sip::Method::ack) wanted.cseq = request.cseq();
  // An ACK to the tag of the answer is heard, whatever tag it comes from.
  if (method != sip::Method::ack) wanted.from_tag = by_device ? own_tag : request.from_tag();
  wanted.to_tag = by_device ? request.from_tag() : own_tag;
  return requests.first_after(*invite.final, wanted);
}

bool was_taken(const Phone& phone, const Transaction& invite) {
  return std::ranges::any_of(invite.responses, [&](std::size_t response) {
    const int status = phone.message(response).sip.status();
    return (status > 100 && status < 300) || status == 486;
  });
}

std::array<std::vector<const Transaction*>, 3> find_incoming_calls(const Phone& phone) {
  std::array<std::vector<const Transaction*>, 3> found;
  for (const Transaction& transaction : transactions(phone))
    if (is_incoming_call(phone, transaction))
      found[static_cast<std::size_t>(transaction.server)].push_back(&transaction);
  return found;
}

}  // namespace sipharness::observed
