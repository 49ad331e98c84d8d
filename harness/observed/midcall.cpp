#include "harness/observed/midcall.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/seen_dialogs.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {

using sip::Method;

namespace {

bool is_request_of_device(const Message& message) {
  return message.from_device() && message.sip.is_request();
}

/// Where a request goes next names an address, not a host that may stand for several servers.
bool goes_to_an_address(const sip::MessageView& request) {
  const auto route = sip::parse_address(request.header(sip::HeaderId::route));
  const auto uri = sip::parse_uri(route ? route->uri : request.request_uri());
  return uri && uri->endpoint();
}

/// The peer's Contact or its Record-Route sent the device to where it went.
bool was_led_there(const Phone& phone, const Message& request) {
  return std::ranges::any_of(seen_dialogs(phone), [&](const SeenDialog& dialog) {
    return dialog.call_id == request.sip.call_id() && is_of_device(dialog, request) &&
           was_led_there(phone, dialog, request);
  });
}

bool was_any_ordered(const Phone& phone, CaptureTime at, std::span<const char* const> verbs) {
  return std::ranges::any_of(verbs, [&](const std::string_view verb) {
    const auto ordered = next_action(phone, verb, at - time_to_act);
    return ordered && *ordered <= at;
  });
}

}  // namespace

bool was_end_ordered(const Phone& phone, CaptureTime at) {
  return was_any_ordered(phone, at, std::array{"hang_up", "restart", "shutdown"});
}

bool was_ordered(const Phone& phone, CaptureTime at) {
  return was_end_ordered(phone, at) || was_any_ordered(phone, at, std::array{"hold", "resume"});
}

bool is_in(const sip::MessageView& message, const ConfirmedDialog& dialog) {
  if (message.call_id() != dialog.call_id) return false;
  const std::string_view from = message.from_tag();
  const std::string_view to = message.to_tag();
  return (from == dialog.device_tag && to == dialog.server_tag) ||
         (from == dialog.server_tag && to == dialog.device_tag);
}

std::vector<Modification> find_modifications(const Phone& phone) {
  std::vector<Modification> found;
  for (const Transaction& request : transactions(phone)) {
    const bool modifies = request.method == Method::invite || request.method == Method::update;
    if (!modifies || request.direction != Direction::from_device) continue;
    const sip::MessageView& sip = opening(phone, request).sip;
    if (sip.to_tag().empty()) continue;
    for (const ConfirmedDialog& dialog : dialogs(phone))
      if (is_in(sip, dialog)) found.push_back({&request, &dialog});
  }
  return found;
}

std::optional<CaptureTime> timed_out_at(const Phone& phone, const Transaction& request) {
  const CaptureTime timeout = opening(phone, request).at + phone.profile.request_timeout();
  const bool was_answered = request.first_response && phone.at(*request.first_response) < timeout;
  if (was_answered || phone.trace.last < timeout) return std::nullopt;
  return timeout;
}

std::optional<CaptureTime> dialog_lost_at(const Phone& phone, const Transaction& request) {
  if (const auto timeout = timed_out_at(phone, request)) return timeout;
  if (!request.final) return std::nullopt;
  const int status = phone.message(*request.final).sip.status();
  if (status != 408 && status != 481) return std::nullopt;
  return phone.at(*request.final);
}

/// A request within the call told the device that the dialog is gone.
bool was_dialog_lost(const Phone& phone, const ConfirmedDialog& dialog) {
  return std::ranges::any_of(modifications(phone), [&](const Modification& modification) {
    return modification.dialog == &dialog && dialog_lost_at(phone, *modification.request);
  });
}

const Message* bye_of_device(const Phone& phone, const ConfirmedDialog& dialog, CaptureTime from) {
  for (const Message& message : phone.messages)
    if (is_request_of_device(message) && message.sip.method() == Method::bye &&
        message.at >= from && is_in(message.sip, dialog))
      return &message;
  return nullptr;
}

const Message* astray(const Phone& phone, const ConfirmedDialog& dialog) {
  for (const Message& message : phone.messages)
    if (is_request_of_device(message) && message.server == other(dialog.server) &&
        !message.sip.to_tag().empty() && is_in(message.sip, dialog) &&
        goes_to_an_address(message.sip) && !was_led_there(phone, message))
      return &message;
  return nullptr;
}

Evidence evidence_of(const Phone& phone, const Modification& modification) {
  return evidence_of(phone, *modification.request);
}

bool asks_for_session(const sip::MessageView& request) {
  return request.has(sip::HeaderId::session_expires);
}

}  // namespace sipharness::observed
