#include "harness/observed/midcall.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "harness/observed/actions.hpp"
#include "harness/observed/call.hpp"
#include "harness/observed/dialogs.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/requests.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/strays.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {

using sip::Method;

namespace {

/// A dialog, whoever sent the message that names it: Call-ID and both tags, the lesser one first.
using DialogKey = std::tuple<std::string_view, std::string_view, std::string_view>;

DialogKey dialog_key(std::string_view call_id, std::string_view tag, std::string_view other_tag) {
  return {call_id, std::min(tag, other_tag), std::max(tag, other_tag)};
}

DialogKey key_of(const sip::MessageView& message) {
  return dialog_key(message.call_id(), message.from_tag(), message.to_tag());
}

DialogKey key_of(const Dialog& dialog) {
  return dialog_key(dialog.call_id, dialog.device_tag, dialog.server_tag);
}

struct DialogKeyHash {
  std::size_t operator()(const DialogKey& key) const {
    const std::hash<std::string_view> text;
    const auto& [call_id, tag, other_tag] = key;
    return (text(call_id) * 31 + text(tag)) * 31 + text(other_tag);
  }
};
template <class T>
using ByDialog = std::unordered_map<DialogKey, T, DialogKeyHash>;

ByDialog<std::vector<const Dialog*>> find_dialogs_by_key(const Phone& phone) {
  ByDialog<std::vector<const Dialog*>> found;
  for (const Dialog* dialog : dialogs(phone)) found[key_of(*dialog)].push_back(dialog);
  return found;
}

/// Every transmission.
ByDialog<std::vector<const Message*>> find_byes_of_device(const Phone& phone) {
  ByDialog<std::vector<const Message*>> found;
  for (const Message* request : requests_of_device(phone))
    if (request->sip.method() == Method::bye) found[key_of(request->sip)].push_back(request);
  return found;
}

/// The first of each dialog.
ByDialog<const Transaction*> find_bye_transactions(const Phone& phone) {
  ByDialog<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == Method::bye && transaction.direction == Direction::from_device)
      found.emplace(key_of(opening(phone, transaction).sip), &transaction);
  return found;
}

/// Where a request of a dialog must not go: the server that the dialog is not with.
using WrongWay = std::pair<DialogKey, ServerRole>;

/// The first request of the device on each wrong way that nothing led there.
std::map<WrongWay, const Message*> find_astray(const Phone& phone) {
  std::map<WrongWay, const Message*> found;
  for (const Stray& stray : strays(phone))
    if (stray.is_certain)
      found.emplace(WrongWay{key_of(stray.request->sip), stray.request->server}, stray.request);
  return found;
}

std::unordered_set<const Dialog*> find_lost_dialogs(const Phone& phone) {
  std::unordered_set<const Dialog*> found;
  for (const Modification& modification : modifications(phone))
    if (dialog_lost_at(phone, *modification.request)) found.insert(modification.dialog);
  return found;
}

bool follows_any_of(const Phone& phone, CaptureTime at, std::span<const char* const> verbs) {
  return std::ranges::any_of(verbs, [&](const std::string_view verb) {
    const auto action = next_action(phone, verb, at - time_to_act);
    return action && *action <= at;
  });
}

/// By server: attempts without a final response, by time.
std::array<std::vector<const RegisterAttempt*>, 3> find_unanswered_attempts(const Phone& phone) {
  std::array<std::vector<const RegisterAttempt*>, 3> found;
  for (const RegisterAttempt& attempt : attempts(phone))
    if (!attempt.unregister && attempt.status == 0 && attempt.fail &&
        *attempt.fail <= phone.trace.last)
      found[static_cast<std::size_t>(attempt.server)].push_back(&attempt);
  return found;
}

}  // namespace

bool follows_end_action(const Phone& phone, CaptureTime at) {
  return follows_any_of(phone, at, std::array{"hang_up", "restart", "shutdown"});
}

bool follows_action(const Phone& phone, CaptureTime at) {
  return follows_end_action(phone, at) || follows_any_of(phone, at, std::array{"hold", "resume"});
}

bool is_in(const sip::MessageView& message, const Dialog& dialog) {
  return key_of(message) == key_of(dialog);
}

const std::vector<const Dialog*>& dialogs_of(const Phone& phone, const sip::MessageView& message) {
  static const std::vector<const Dialog*> none;
  const auto& known = phone.derived<find_dialogs_by_key>();
  const auto found = known.find(key_of(message));
  return found == known.end() ? none : found->second;
}

std::vector<Modification> find_modifications(const Phone& phone) {
  std::vector<Modification> found;
  for (const Transaction& request : transactions(phone)) {
    const bool modifies = request.method == Method::invite || request.method == Method::update;
    if (!modifies || request.direction != Direction::from_device) continue;
    const sip::MessageView& sip = opening(phone, request).sip;
    if (sip.to_tag().empty()) continue;
    for (const Dialog* dialog : dialogs_of(phone, sip)) found.push_back({&request, dialog});
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
  const int status = final_status(phone, request);
  if (status != 408 && status != 481) return std::nullopt;
  return phone.at(*request.final);
}

bool was_dialog_lost(const Phone& phone, const Dialog& dialog) {
  return phone.derived<find_lost_dialogs>().contains(&dialog);
}

const Message* bye_of_device(const Phone& phone, const Dialog& dialog, CaptureTime from) {
  const auto& byes = phone.derived<find_byes_of_device>();
  const auto of_dialog = byes.find(key_of(dialog));
  if (of_dialog == byes.end()) return nullptr;
  const auto first = std::ranges::lower_bound(of_dialog->second, from, {}, &Message::at);
  return first == of_dialog->second.end() ? nullptr : *first;
}

const Transaction* first_bye_of_device(const Phone& phone, const Dialog& dialog) {
  const auto& byes = phone.derived<find_bye_transactions>();
  const auto found = byes.find(key_of(dialog));
  return found == byes.end() ? nullptr : found->second;
}

const Message* astray(const Phone& phone, const Dialog& dialog) {
  const auto& known = phone.derived<find_astray>();
  const auto found = known.find({key_of(dialog), other(dialog.server)});
  return found == known.end() ? nullptr : found->second;
}

Evidence evidence_of(const Phone& phone, const Modification& modification) {
  return evidence_of(phone, *modification.request);
}

bool asks_for_session(const sip::MessageView& request) {
  return request.has(sip::HeaderId::session_expires);
}

bool has_session_timer(const Phone& phone, const Dialog& dialog) {
  const auto& final = dialog.invite->final;
  return final && asks_for_session(phone.message(*final).sip);
}

const RegisterAttempt* registration_lost_during(const Phone& phone, const Dialog& dialog) {
  const auto& unanswered =
      phone.derived<find_unanswered_attempts>()[static_cast<std::size_t>(dialog.server)];
  const auto next =
      std::ranges::upper_bound(unanswered, *dialog.confirmed, {}, &RegisterAttempt::start);
  if (next == unanswered.end() || (dialog.ended && *dialog.ended <= (*next)->start)) return nullptr;
  return *next;
}

}  // namespace sipharness::observed
