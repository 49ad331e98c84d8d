#include "harness/observed/incoming.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/invite_tags.hpp"
#include "harness/observed/midcall.hpp"
#include "harness/observed/own_addresses.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/requests.hpp"
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

bool outlived(const Phone& phone, const Message& request) {
  const CaptureTime timeout = request.at + phone.profile.timers.sixty_four_t1();
  return next_power_change(phone, request.at) > timeout && last_sent_at(phone) > timeout;
}

std::unordered_set<std::string_view> find_answered_uris(const Phone& phone) {
  std::unordered_set<std::string_view> found;
  for (const Transaction* transaction : server_transactions(phone))
    if (transaction->first_response) found.insert(opening(phone, *transaction).sip.request_uri());
  return found;
}

bool has_answered_at(const Phone& phone, std::string_view request_uri) {
  return phone.derived<find_answered_uris>().contains(request_uri);
}

bool goes_to_the_contact(const Phone& phone, const sip::MessageView& request) {
  return std::ranges::any_of(
      answered_dialogs_with(phone, request.call_id()), [&](const Dialog* dialog) {
        return !dialog->incoming && dialog->acknowledged &&
               request.to_tag() == dialog->device_tag && request.from_tag() == dialog->server_tag;
      });
}

bool is_in_unknown_dialog(const Phone& phone, const Message& request) {
  if (is_in_known_dialog(phone, request.sip)) return false;
  if (has_invite_with_same_call_id(phone, request.sip)) return !came_through_a_proxy(request);
  return is_seen_from_its_boot(phone);
}

bool had_time_to_answer(const Phone& phone, const Transaction& request) {
  const CaptureTime asked = opening(phone, request).at;
  const CaptureTime due = asked + phone.profile.timers.sixty_four_t1();
  const sip::MessageView& sip = opening(phone, request).sip;
  const bool ends_it = request.method == sip::Method::bye;
  const auto is_over = [&](const Dialog* dialog) {
    return is_in(sip, *dialog) && dialog->ended &&
           (ends_it ? *dialog->ended < asked : *dialog->ended <= due);
  };
  const auto& known = answered_dialogs_with(phone, sip.call_id());
  return phone.trace.last > due && next_power_change(phone, asked) > due &&
         std::ranges::none_of(known, is_over);
}

bool is_answered(const Phone& phone, const Transaction& request) {
  if (request.method == sip::Method::invite) return request.first_response.has_value();
  return request.final && phone.at(*request.final) - opening(phone, request).at <=
                              phone.profile.timers.sixty_four_t1();
}

bool is_in_answered_dialog(const Phone& phone, const Transaction& request) {
  const sip::MessageView& sip = opening(phone, request).sip;
  const bool is_other = request.method == sip::Method::cancel ||
                        request.method == sip::Method::ack || request.method == sip::Method::notify;
  return !is_other &&
         std::ranges::any_of(answered_dialogs_with(phone, sip.call_id()),
                             [&](const Dialog* dialog) { return is_in(sip, *dialog); });
}

}  // namespace sipharness::observed
