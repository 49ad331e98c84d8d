#include "harness/observed/refusals.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "harness/observed/actions.hpp"
#include "harness/observed/incoming.hpp"
#include "harness/observed/invites.hpp"
#include "harness/sip/builder.hpp"

namespace sipharness::observed {
namespace {

using sip::Method;

using MessagesByText = std::unordered_map<std::string_view, std::vector<std::size_t>>;

struct OwnAcks {
  MessagesByText by_branch;
  MessagesByText by_call_id;
  std::unordered_set<std::string_view> invite_branches;
};

OwnAcks find_own_acks(const Phone& phone) {
  OwnAcks acks;
  for (const Message& message : phone.messages) {
    if (!message.sip.is_request() || message.sip.method() != Method::ack || message.to_device())
      continue;
    acks.by_branch[message.sip.branch()].push_back(message.index);
    acks.by_call_id[message.sip.call_id()].push_back(message.index);
  }
  for (const Transaction* invite : device_invites(phone))
    acks.invite_branches.insert(opening(phone, *invite).sip.branch());
  return acks;
}

/// Those of `text` after message `after`, until Timer D fires.
template <class Take>
void for_each_until_timer_d(const Phone& phone, const MessagesByText& messages,
                            std::string_view text, std::size_t after, const Take& take) {
  const auto known = messages.find(text);
  if (known == messages.end()) return;
  const CaptureTime last = phone.at(after) + phone.profile.timers.d();
  for (auto next = std::ranges::upper_bound(known->second, after);
       next != known->second.end() && phone.at(*next) <= last; ++next)
    take(*next);
}

std::vector<std::size_t> acks_of(const Phone& phone, const Transaction& invite,
                                 std::size_t response) {
  const OwnAcks& own = phone.derived<find_own_acks>();
  const sip::MessageView& request = opening(phone, invite).sip;
  const std::string_view tag = phone.message(response).sip.to_tag();
  std::vector<std::size_t> acks;
  const auto take = [&](std::size_t ack) { acks.push_back(ack); };
  const auto take_of_call = [&](std::size_t ack) {
    const Message& message = phone.message(ack);
    const std::string_view to_tag = message.sip.to_tag();
    const bool is_for_it = to_tag.empty() ? message.server == invite.server : to_tag == tag;
    if (message.sip.cseq() == request.cseq() && is_for_it &&
        !own.invite_branches.contains(message.sip.branch()))
      acks.push_back(ack);
  };
  for_each_until_timer_d(phone, own.by_branch, request.branch(), response, take);
  for_each_until_timer_d(phone, own.by_call_id, request.call_id(), response, take_of_call);
  std::ranges::sort(acks);
  return acks;
}

}  // namespace

std::vector<RefusedInvite> find_refused_invites(const Phone& phone) {
  std::vector<RefusedInvite> found;
  for (const Transaction* invite : device_invites(phone)) {
    if (!invite->final || is_accepted(phone, *invite)) continue;
    const CaptureTime at = phone.at(*invite->final);
    if (awaits_answer(phone, *invite, at) && !is_switched_off(phone, at))
      found.push_back({invite, *invite->final, acks_of(phone, *invite, *invite->final)});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const RefusedInvite& refused) {
  const Message& first = opening(phone, *refused.invite);
  return {first.server, first.sip.call_id(), {first.index, refused.response}};
}

std::vector<const Transaction*> find_invites_refused_by_device(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction* invite : server_transactions(phone)) {
    const bool is_refused = invite->method == Method::invite && invite->final &&
                            phone.message(*invite->final).sip.status() >= 300;
    if (is_refused && opening(phone, *invite).transport == Transport::udp &&
        !was_asked_again(phone, *invite) && !was_unreachable(phone, *invite))
      found.push_back(invite);
  }
  return found;
}

bool is_unknown_code(const Phone& phone, std::size_t response) {
  const int status = phone.message(response).sip.status();
  return status < 700 && !sip::is_known_status(status);
}

bool acknowledges_known_codes(const Phone& phone) {
  return std::ranges::any_of(refused_invites(phone), [&](const RefusedInvite& refused) {
    return !is_unknown_code(phone, refused.response) && !refused.acks.empty();
  });
}

}  // namespace sipharness::observed
