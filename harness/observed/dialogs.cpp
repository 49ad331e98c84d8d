#include "harness/observed/dialogs.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "harness/observed/addresses.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/dialog_requests.hpp"
#include "harness/observed/names.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

using sip::HeaderId;
using sip::Method;

bool is_within(const Dialog& dialog, const sip::MessageView& sip) {
  const bool as_caller = sip.from_tag() == dialog.device_tag && sip.to_tag() == dialog.server_tag;
  const bool as_callee = sip.from_tag() == dialog.server_tag && sip.to_tag() == dialog.device_tag;
  return as_caller || as_callee;
}

/// The message tells the device where its peer is: an INVITE or UPDATE of the peer, or its 2xx to
/// one of the device (§12.2.1.2, §12.2.2). A phone that calls itself is caller and callee of one
/// Call-ID and one pair of tags; whose request it is says From.
bool refreshes_target(const Dialog& dialog, const Message& message) {
  const sip::Method method = message.sip.method();
  const std::string_view asker = message.sip.is_request() ? dialog.server_tag : dialog.device_tag;
  return message.to_device() && (method == Method::invite || method == Method::update) &&
         (message.sip.is_request() || message.sip.is_success()) && message.sip.from_tag() == asker;
}

/// What the peer said when the dialog began: its INVITE, or its 2xx.
const sip::MessageView& told_by_peer(const Phone& phone, const Dialog& dialog) {
  return phone.message(dialog.incoming ? dialog.invite->sends.front() : dialog.answer).sip;
}

class DialogFinder {
 public:
  explicit DialogFinder(const Phone& phone)
      : phone_(phone),
        requests_(dialog_requests(phone)),
        calls_(call_numbers(phone)),
        by_call_(calls_.count()) {}

  std::vector<Dialog> find() {
    for (std::size_t index = 0; index < transactions(phone_).size(); ++index)
      found_by(transactions(phone_)[index], index);
    for (const Message& message : phone_.messages)
      for_each_dialog_of(message, [&](Dialog& dialog) {
        if (message.index > dialog.invite->sends.front()) take(dialog, message);
      });
    for (std::size_t index = 0; index < transactions(phone_).size(); ++index) add_reinvite(index);
    return std::move(dialogs_);
  }

 private:
  void found_by(const Transaction& invite, std::size_t index) {
    if (invite.method != Method::invite || !opening(phone_, invite).sip.to_tag().empty()) return;
    std::vector<std::string_view> tags;
    for (const std::size_t response : invite.responses) {
      const sip::MessageView& sip = phone_.message(response).sip;
      if (!sip.is_success() || std::ranges::count(tags, sip.to_tag()) > 0) continue;
      tags.push_back(sip.to_tag());
      Dialog dialog;
      dialog.server = invite.server;
      dialog.incoming = invite.direction == Direction::to_device;
      const sip::MessageView& request = opening(phone_, invite).sip;
      dialog.call_id = request.call_id();
      dialog.device_tag = dialog.incoming ? sip.to_tag() : request.from_tag();
      dialog.server_tag = dialog.incoming ? request.from_tag() : sip.to_tag();
      dialog.invite = &invite;
      dialog.answer = response;
      dialog.targets.push_back({0, uri_in(told_by_peer(phone_, dialog), HeaderId::contact)});
      confirm(dialog);
      if (!dialog.incoming) dialog.own_invites.push_back(index);
      by_call_[calls_[opening(phone_, invite)]].push_back(dialogs_.size());
      dialogs_.push_back(std::move(dialog));
    }
  }

  void confirm(Dialog& dialog) const {
    const std::string_view callee = phone_.message(dialog.answer).sip.to_tag();
    const sip::MessageView& invite = opening(phone_, *dialog.invite).sip;
    DialogRequest wanted;
    wanted.method = Method::ack;
    wanted.direction = dialog.invite->direction;
    wanted.call = calls_[opening(phone_, *dialog.invite)];
    wanted.cseq = invite.cseq();
    wanted.to_tag = callee;
    if (wanted.to_tag.empty()) wanted.server = dialog.server;
    const auto ack = requests_.first_after(dialog.answer, wanted);
    if (!ack) return;
    dialog.confirmed = phone_.at(*ack);
    wanted.method = Method::bye;
    wanted.cseq.reset();
    wanted.from_tag = invite.from_tag();
    const auto by_caller = requests_.first(wanted);
    wanted.direction = dialog.incoming ? Direction::from_device : Direction::to_device;
    std::swap(wanted.from_tag, wanted.to_tag);
    const auto by_callee = requests_.first(wanted);
    constexpr std::size_t never = static_cast<std::size_t>(-1);
    const std::size_t end = std::min(by_caller.value_or(never), by_callee.value_or(never));
    if (end != never) dialog.ended = phone_.at(end);
  }

  static void take(Dialog& dialog, const Message& message) {
    dialog.messages.push_back(message.index);
    if (message.sip.is_request() && message.sip.method() == Method::bye && !dialog.bye)
      dialog.bye = message.index;
    const std::string_view contact = refreshes_target(dialog, message)
                                         ? uri_in(message.sip, HeaderId::contact)
                                         : std::string_view();
    if (!contact.empty()) dialog.targets.push_back({message.index, contact});
    dialog.acknowledged |= message.sip.method() == Method::ack && is_of_device(dialog, message);
  }

  template <class Take>
  void for_each_dialog_of(const Message& message, const Take& take) {
    for (const std::size_t candidate : by_call_[calls_[message]])
      if (is_within(dialogs_[candidate], message.sip)) take(dialogs_[candidate]);
  }

  void add_reinvite(std::size_t index) {
    const Transaction& invite = transactions(phone_)[index];
    const Message& request = opening(phone_, invite);
    if (invite.method != Method::invite || request.sip.to_tag().empty() ||
        invite.direction != Direction::from_device)
      return;
    for_each_dialog_of(request, [&](Dialog& dialog) { dialog.own_invites.push_back(index); });
  }

  const Phone& phone_;
  const DialogRequests& requests_;
  std::vector<Dialog> dialogs_;
  const CallNumbers& calls_;
  std::vector<std::vector<std::size_t>> by_call_;  ///< dialogs, by the number of their Call-ID
};

std::vector<std::vector<const Dialog*>> find_dialogs_by_call(const Phone& phone) {
  std::vector<std::vector<const Dialog*>> found(call_numbers(phone).count());
  for (const Dialog& dialog : answered_dialogs(phone))
    found[call_numbers(phone)[opening(phone, *dialog.invite)]].push_back(&dialog);
  return found;
}

/// As it stood before message `at`.
std::string_view remote_target(const Dialog& dialog, std::size_t at) {
  return std::prev(std::ranges::lower_bound(dialog.targets, at, {}, &RemoteTarget::since))->uri;
}

/// Both this request and the INVITE that founded the dialog went where no URI of theirs points:
/// the device is set to send everything through an outbound proxy (§8.1.2, local policy).
bool follows_an_outbound_proxy(const Phone& phone, const Dialog& dialog, const Message& request) {
  const Message& invite = opening(phone, *dialog.invite);
  if (dialog.incoming || request.destination != invite.destination) return false;
  const auto uri = sip::parse_uri(invite.sip.request_uri());
  return !uri || uri->endpoint() != invite.destination;
}

bool goes_to_its_server(const Phone& phone, const Dialog& dialog, const Message& request) {
  const Message& invite = opening(phone, *dialog.invite);
  return request.destination == (dialog.incoming ? invite.source : invite.destination);
}

/// No request in a call goes past the server that the call was made over.
bool sends_all_to_its_servers(const Phone& phone) {
  return std::ranges::all_of(answered_dialogs(phone), [&](const Dialog& dialog) {
    return std::ranges::all_of(dialog.messages, [&](std::size_t index) {
      const Message& message = phone.message(index);
      return !is_of_device(dialog, message) || goes_to_its_server(phone, dialog, message);
    });
  });
}

std::optional<std::string> wrong_destination(const Phone& phone, const Dialog& dialog,
                                             const Message& request, std::string_view next_hop) {
  // On a stream the open connection serves; at the server a NAT may have changed addresses.
  if (request.transport != Transport::udp || phone.trace.vantage == trace::Vantage::server)
    return std::nullopt;
  const auto uri = sip::parse_uri(next_hop);
  if (!uri || uri->parameter("maddr") || uri->parameter("transport")) return std::nullopt;
  if (leads_to(phone, next_hop, request.destination).value_or(true) ||
      follows_an_outbound_proxy(phone, dialog, request))
    return std::nullopt;
  return fmt::format("it went to {}, not to {}", request.destination.text(), next_hop);
}

}  // namespace

std::vector<Dialog> find_answered_dialogs(const Phone& phone) {
  return DialogFinder(phone).find();
}

std::vector<const Dialog*> find_dialogs(const Phone& phone) {
  std::vector<const Dialog*> found;
  for (const Dialog& dialog : answered_dialogs(phone))
    if (dialog.confirmed) found.push_back(&dialog);
  std::ranges::stable_sort(found, {}, &Dialog::confirmed);
  return found;
}

const std::vector<const Dialog*>& answered_dialogs_with(const Phone& phone,
                                                        std::string_view call_id) {
  static const std::vector<const Dialog*> none;
  const auto call = call_numbers(phone).find(call_id);
  return call ? phone.derived<find_dialogs_by_call>()[*call] : none;
}

Evidence evidence_of(const Phone& /*phone*/, const Dialog& dialog) {
  return {.server = dialog.server, .call_id = dialog.call_id, .messages = {}};
}

bool is_of_device(const Dialog& dialog, const Message& message) {
  return message.sip.is_request() && message.sip.from_tag() == dialog.device_tag &&
         !message.to_device();
}

std::vector<std::string_view> route_set(const Phone& phone, const Dialog& dialog) {
  auto routes = uris_in(told_by_peer(phone, dialog), HeaderId::record_route);
  if (!dialog.incoming) std::ranges::reverse(routes);
  return routes;
}

bool is_target(std::string_view request_uri, std::string_view target) {
  return sip::same_uri(request_uri, target) ||
         sip::same_uri(request_uri, target.substr(0, target.find('?')));
}

bool begins_strict(const std::vector<std::string_view>& route_set) {
  if (route_set.empty()) return false;
  const auto uri = sip::parse_uri(route_set.front());
  return uri && !uri->parameter("lr");
}

std::string_view next_hop(const Phone& phone, const Dialog& dialog, const Message& request) {
  const auto routes = route_set(phone, dialog);
  return routes.empty() ? remote_target(dialog, request.index) : routes.front();
}

std::optional<Misaddressed> misaddressed(const Phone& phone, const Dialog& dialog,
                                         const Message& request) {
  const std::string_view target = remote_target(dialog, request.index);
  if (target.empty()) return std::nullopt;
  auto routes = route_set(phone, dialog);
  std::string_view wanted = target;
  const std::string_view next = routes.empty() ? target : routes.front();
  if (begins_strict(routes)) {
    wanted = next;
    routes.erase(routes.begin());
    routes.push_back(target);
  }
  if (!is_target(request.sip.request_uri(), wanted))
    return Misaddressed{
        fmt::format("its Request-URI is {}, not {}", request.sip.request_uri(), wanted)};
  const auto carried = uris_in(request.sip, HeaderId::route);
  if (!same_uris(carried, routes))
    return Misaddressed{carried.empty()
                            ? "it carries no Route"
                            : fmt::format("its Route is not the dialog's route set of {}",
                                          fmt::join(routes, ", "))};
  auto wrong = wrong_destination(phone, dialog, request, next);
  if (!wrong) return std::nullopt;
  const bool may_be_policy = !phone.trace.has_journal() &&
                             goes_to_its_server(phone, dialog, request) &&
                             phone.derived<sends_all_to_its_servers>();
  return Misaddressed{std::move(*wrong), may_be_policy};
}

std::vector<std::size_t> requests_since_answer(const Phone& phone, const Dialog& dialog) {
  std::vector<std::size_t> found;
  for (const std::size_t index : dialog.messages)
    if (index >= dialog.answer && is_of_device(dialog, phone.message(index)))
      found.push_back(index);
  return found;
}

}  // namespace sipharness::observed
