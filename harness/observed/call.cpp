#include "harness/observed/call.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <ranges>
#include <unordered_map>
#include <utility>

#include "harness/base/hash.hpp"
#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/dialog_requests.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/split_requests.hpp"
#include "harness/sip/address.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::observed {
namespace {

std::string user_or_text(const std::string& number) {
  const std::string_view user = trace::user_of_uri(number);
  return user.empty() ? number : std::string(user);
}

class CallFinder {
 public:
  explicit CallFinder(const Phone& phone)
      : phone_(phone),
        transactions_(transactions(phone)),
        profile_(phone.profile),
        requests_(dialog_requests(phone)) {}

  std::vector<CallGroup> find() {
    open_dialled_groups();
    for (std::size_t index = 0; index < transactions_.size(); ++index) {
      if (is_outgoing_call(transactions_[index])) place(index);
    }
    std::ranges::stable_sort(groups_, {}, [this](const CallGroup& group) { return begin(group); });
    set_ends();
    for (CallGroup& group : groups_) find_hang_up(group);
    return std::move(groups_);
  }

 private:
  using Identity = std::pair<std::string_view, std::string_view>;  ///< Call-ID, From tag
  struct IdentityHash {
    std::size_t operator()(const Identity& identity) const {
      return hash_of(identity.first) * 31 + hash_of(identity.second);
    }
  };
  struct Try {
    std::size_t group = 0;
    std::size_t invite = 0;  ///< transaction
  };

  const Message& first_send(std::size_t transaction) const {
    return phone_.messages[transactions_[transaction].sends.front()];
  }

  bool is_outgoing_call(const Transaction& transaction) const {
    return transaction.method == sip::Method::invite &&
           transaction.direction == Direction::from_device &&
           phone_.messages[transaction.sends.front()].sip.to_tag().empty();
  }

  CaptureTime begin(const CallGroup& group) const {
    return group.dialled ? *group.dialled : first_send(group.legs.front().invites.front()).at;
  }

  /// Who is not named otherwise is the first device.
  bool is_told(const Action& action) const {
    const std::string& named = action.event->device;
    if (named == phone_.name()) return true;
    return phone_.device == 0 && phone_.trace.device_named(named) >= phone_.trace.devices.size();
  }

  void open_dialled_groups() {
    for (const Action& action : actions(phone_)) {
      if (!is_told(action)) continue;
      if (action.event->verb == "hang_up") hang_ups_.push_back(action.at);
      if (action.event->verb != "dial") continue;
      CallGroup group;
      group.number = user_or_text(action.event->argument);
      group.dialled = action.at;
      groups_.push_back(std::move(group));
    }
    dials_ = groups_.size();
  }

  // --- Grouping ---

  void place(std::size_t index) {
    CallGroup* group = dialled_group(index);
    if (group == nullptr) group = retried_group(index);
    if (group == nullptr) group = redirected_group(index);
    if (group == nullptr) group = continued_group(index);
    if (group == nullptr) group = &open_group(index);
    const auto number = static_cast<std::size_t>(group - groups_.data());
    if (group->dialled) newest_dialled_[call_id_of(index)] = number;
    newest_tries_[identity_of(index)] = {number, index};
    note_redirection(index, number);
    join(*group, index);
  }

  bool calls(const Message& message, const std::string& number) const {
    return trace::user_of_uri(message.sip.request_uri()) == number ||
           trace::user_in(message.sip, sip::HeaderId::to) == number;
  }

  std::string_view call_id_of(std::size_t index) const { return first_send(index).sip.call_id(); }

  Identity identity_of(std::size_t index) const {
    return {call_id_of(index), first_send(index).sip.from_tag()};
  }

  /// The group of the INVITE that this one follows: same Call-ID and From tag, and a higher CSeq
  /// number after an answer that leaves the call open (§8.1.3.4, §8.1.3.5), however long the user
  /// thought about it. After none at all it may be written otherwise there, as "0049" for "+49".
  CallGroup* retried_group(std::size_t index) {
    const auto before = newest_tries_.find(identity_of(index));
    if (before == newest_tries_.end()) return nullptr;
    const std::size_t tried = before->second.invite;
    if (!transactions_[tried].final && transactions_[tried].server != transactions_[index].server)
      return &groups_[before->second.group];
    const bool goes_on = leaves_the_call_open(tried) &&
                         first_send(index).sip.cseq() > first_send(tried).sip.cseq() &&
                         first_send(index).index > *transactions_[tried].final;
    return goes_on ? &groups_[before->second.group] : nullptr;
  }

  /// The group of an INVITE that was answered with 3xx, if this one goes to a Contact of that with
  /// the same From: a Call-ID of its own is allowed (§8.1.3.4).
  CallGroup* redirected_group(std::size_t index) {
    const Message& invite = first_send(index);
    const auto offer = offers_.find({invite.sip.from_tag(), invite.sip.request_uri()});
    const bool goes_on =
        offer != offers_.end() && invite.index > *transactions_[offer->second.invite].final;
    return goes_on ? &groups_[offer->second.group] : nullptr;
  }

  void note_redirection(std::size_t index, std::size_t group) {
    if (!transactions_[index].final) return;
    const sip::MessageView& response = phone_.messages[*transactions_[index].final].sip;
    if (response.status() / 100 != 3) return;
    for (const sip::Header& header : response.headers_from(sip::HeaderId::contact)) {
      if (header.id != sip::HeaderId::contact) continue;
      for (const sip::Address& contact : sip::parse_addresses(header.value))
        offers_[{response.from_tag(), contact.uri}] = {group, index};
    }
  }

  /// A final response after which the caller may try again: neither was the call answered or
  /// cancelled, nor did the callee refuse it.
  bool leaves_the_call_open(std::size_t invite) const {
    if (!transactions_[invite].final) return false;
    const int status = phone_.messages[*transactions_[invite].final].sip.status();
    return status >= 300 && status < 600 && status != 486 && status != 487;
  }

  /// The group of the last dial before this INVITE, if it called that number. Where that one has
  /// begun, or called another, the Call-ID may say that an earlier call goes on beside it.
  CallGroup* dialled_group(std::size_t index) {
    const Message& invite = first_send(index);
    const auto dialled = groups_.begin() + static_cast<std::ptrdiff_t>(dials_);
    const auto next = std::upper_bound(
        groups_.begin(), dialled, invite.at + policy::stamp_slack,
        [](CaptureTime at, const CallGroup& group) { return at < *group.dialled; });
    CallGroup* last = next == groups_.begin() ? nullptr : &*std::prev(next);
    const bool is_called = last != nullptr && calls(invite, last->number);
    if (is_called && last->legs.empty()) return last;
    const auto earlier = newest_dialled_.find(call_id_of(index));
    if (earlier != newest_dialled_.end()) return &groups_[earlier->second];
    return is_called ? last : nullptr;
  }

  /// The previous group that no dial opened, if From and number are the same and its last leg ended
  /// no longer ago than a failover may take.
  CallGroup* continued_group(std::size_t index) {
    const Message& invite = first_send(index);
    if (!newest_undialled_) return nullptr;
    CallGroup& group = groups_[*newest_undialled_];
    const Message& before = first_send(group.legs.back().invites.back());
    const bool is_same_caller = trace::user_in(before.sip, sip::HeaderId::from) ==
                                trace::user_in(invite.sip, sip::HeaderId::from);
    const Duration limit = profile_.timers.sixty_four_t1() + profile_.tolerances.fo_grace;
    const bool is_soon = invite.at <= group.legs.back().end + limit;
    const bool goes_on = is_same_caller && calls(invite, group.number) && is_soon;
    return goes_on && !is_over(index) ? &group : nullptr;
  }

  /// The newest group that no dial opened was hung up, or is talked in, or the server that is now
  /// asked had its say, or was given up and is asked anew: this is another call.
  bool is_over(std::size_t index) {
    const std::size_t invite = first_send(index).index;
    return hung_up_ < invite || answered_[role(transactions_[index].server)] < invite ||
           is_taken_by(first_send(index).at) || is_dialled_anew(index);
  }

  /// A device that has acknowledged an answer fails over no more; but one that has just done so may
  /// not have stopped its other try.
  bool is_taken_by(CaptureTime at) const { return taken_ && *taken_ + policy::time_to_act <= at; }

  /// Nobody but a user begins again where the last try was cancelled or timed out, with another
  /// Call-ID and another From tag: a device that fails over goes elsewhere first.
  bool is_dialled_anew(std::size_t index) {
    const Leg& before = groups_[*newest_undialled_].legs.back();
    if (before.server != transactions_[index].server || before.end > first_send(index).at)
      return false;
    const auto [call_id, from_tag] = identity_of(before.invites.back());
    return call_id != call_id_of(index) && from_tag != first_send(index).sip.from_tag();
  }

  /// Follows that group for is_over.
  void note_end(const Leg& leg) {
    hung_up_ = std::min(
        {hung_up_, leg.bye_from_device.value_or(never), leg.bye_to_device.value_or(never)});
    if (!taken_ && !leg.acks_2xx.empty()) taken_ = phone_.at(leg.acks_2xx.front());
    if (!leg.final || was_challenged(leg.invites.back())) return;
    std::size_t& answered = answered_[role(leg.server)];
    answered = std::min(answered, *leg.final);
  }

  static std::size_t role(ServerRole server) { return static_cast<std::size_t>(server); }

  CallGroup& open_group(std::size_t index) {
    const Message& invite = first_send(index);
    CallGroup group;
    group.number = trace::user_of_uri(invite.sip.request_uri());
    newest_undialled_ = groups_.size();
    hung_up_ = never;
    taken_.reset();
    answered_.fill(never);
    groups_.push_back(std::move(group));
    return groups_.back();
  }

  /// An INVITE that was challenged or redirected, that got another branch, or whose connection was
  /// reset, goes on in its leg; anything else at the same server is a leg of its own.
  void join(CallGroup& group, std::size_t index) {
    const ServerRole server = transactions_[index].server;
    auto last = std::ranges::find(group.legs.rbegin(), group.legs.rend(), server, &Leg::server);
    if (last == group.legs.rend() || !goes_on_in_leg(last->invites.back(), index)) {
      group.legs.emplace_back().server = server;
      last = group.legs.rbegin();
    }
    last->i0 = is_copy(*last, index) ? last->i0 : first_send(index).at;
    last->invites.push_back(index);
    complete(*last);
    if (newest_undialled_ && &group == &groups_[*newest_undialled_]) note_end(*last);
  }

  bool is_copy(const Leg& leg, std::size_t index) const {
    return !leg.invites.empty() &&
           is_on_new_branch(phone_, transactions_[leg.invites.back()], transactions_[index]);
  }

  bool goes_on_in_leg(std::size_t last, std::size_t next) const {
    return was_challenged(last) || was_cut_off(last, next) ||
           is_on_new_branch(phone_, transactions_[last], transactions_[next]);
  }

  /// Or sent elsewhere: the answer asked for another INVITE.
  bool was_challenged(std::size_t index) const {
    if (!transactions_[index].final) return false;
    const int status = phone_.messages[*transactions_[index].final].sip.status();
    return status == 401 || status == 407 || status == 422 || status / 100 == 3;
  }

  /// The server had lost the connection that the INVITE went into, and said so before the next one.
  bool was_cut_off(std::size_t index, std::size_t next) const {
    if (transactions_[index].first_response) return false;
    return reset_of(phone_, transactions_[index], first_send(next).at).has_value();
  }

  // --- Completing ---

  void set_ends() {
    CaptureTime next = phone_.trace.last;
    for (CallGroup& group : groups_ | std::views::reverse)
      group.until = std::exchange(next, begin(group));
  }

  void find_hang_up(CallGroup& group) const {
    if (!group.dialled) return;
    const auto next = std::ranges::lower_bound(hang_ups_, *group.dialled);
    if (next != hang_ups_.end() && *next <= group.until) group.hung_up = *next;
  }

  void complete(Leg& leg) const {
    const Transaction& invite = transactions_[leg.invites.back()];
    const Message& opened = first_send(leg.invites.back());
    leg.provisional = invite.provisional;
    leg.final = invite.final;
    DialogRequest wanted;
    wanted.server = leg.server;
    wanted.call = call_numbers(phone_)[opened];
    wanted.cseq = opened.sip.cseq();
    wanted.method = sip::Method::cancel;
    leg.cancel = requests_.first_after(invite.sends.front(), wanted);
    leg.end = end_of(leg);
    leg.acks_2xx = acks_of(invite, wanted);
    wanted.method = sip::Method::bye;
    wanted.cseq.reset();
    if (leg.final && phone_.messages[*leg.final].sip.is_success()) {
      wanted.to_tag = phone_.messages[*leg.final].sip.to_tag();
      if (!wanted.to_tag.empty()) wanted.server.reset();
    }
    leg.bye_from_device = requests_.first_after(invite.sends.front(), wanted);
    wanted.direction = Direction::to_device;
    std::swap(wanted.from_tag, wanted.to_tag);
    leg.bye_to_device = requests_.first_after(invite.sends.front(), wanted);
  }

  /// For each To tag of its 2xx. Legs at two servers may have the Call-ID and the CSeq number in
  /// common, never the tag.
  std::vector<std::size_t> acks_of(const Transaction& invite, DialogRequest wanted) const {
    wanted.method = sip::Method::ack;
    std::vector<std::size_t> acks;
    std::vector<std::string_view> tags;
    for (const std::size_t response : invite.responses) {
      const sip::MessageView& sip = phone_.messages[response].sip;
      if (!sip.is_success() || std::ranges::find(tags, sip.to_tag()) != tags.end()) continue;
      wanted.to_tag = tags.emplace_back(sip.to_tag());
      wanted.server = sip.to_tag().empty() ? std::optional(invite.server) : std::nullopt;
      std::ranges::copy(requests_.all(wanted), std::back_inserter(acks));
    }
    std::ranges::sort(acks);
    return acks;
  }

  /// leg.end of ALG-LEG. A leg that only rang goes on to the end of the trace.
  CaptureTime end_of(const Leg& leg) const {
    const Transaction& invite = transactions_[leg.invites.back()];
    std::optional<CaptureTime> end;
    if (invite.final) end = phone_.messages[*invite.final].at;
    if (leg.cancel)
      end = std::min(end.value_or(CaptureTime::max()), phone_.messages[*leg.cancel].at);
    if (!invite.first_response) {
      const CaptureTime timer_b = leg.i0 + profile_.timers.sixty_four_t1();
      end = std::min(end.value_or(CaptureTime::max()), timer_b);
    }
    return end.value_or(phone_.trace.last);
  }

  const Phone& phone_;
  const std::vector<Transaction>& transactions_;
  const scenario::Profile& profile_;
  const DialogRequests& requests_;
  std::vector<CaptureTime> hang_ups_;
  std::vector<CallGroup> groups_;  ///< until they are sorted: those of dials first
  std::size_t dials_ = 0;
  static constexpr std::size_t never = static_cast<std::size_t>(-1);
  std::optional<std::size_t> newest_undialled_;  ///< group
  std::size_t hung_up_ = never;                  ///< its first BYE: message
  std::optional<CaptureTime> taken_;             ///< the first ACK to a 2xx of it
  std::array<std::size_t, 3> answered_{};        ///< its first final response by each server
  std::unordered_map<std::string_view, std::size_t> newest_dialled_;  ///< Call-ID to group
  std::unordered_map<Identity, Try, IdentityHash> newest_tries_;
  std::map<std::pair<std::string_view, std::string_view>, Try>
      offers_;  ///< From tag, Contact of a 3xx
};

/// By transaction index.
std::unordered_map<std::size_t, std::size_t> find_groups_of_invites(const Phone& phone) {
  std::unordered_map<std::size_t, std::size_t> groups;
  for (std::size_t group = 0; group < calls(phone).size(); ++group)
    for (const Leg& leg : calls(phone)[group].legs)
      for (const std::size_t invite : leg.invites) groups.emplace(invite, group);
  return groups;
}

}  // namespace

const Leg* CallGroup::leg(ServerRole server) const {
  const auto found = std::ranges::find(legs, server, &Leg::server);
  return found == legs.end() ? nullptr : &*found;
}

std::vector<CallGroup> find_calls(const Phone& phone) {
  return CallFinder(phone).find();
}

std::vector<CallLeg> find_call_legs(const Phone& phone) {
  std::vector<CallLeg> found;
  for (const CallGroup& call : calls(phone))
    for (const Leg& leg : call.legs) found.push_back({&call, &leg});
  return found;
}

std::optional<std::size_t> first_response(const Phone& phone, const Leg& leg) {
  if (leg.provisional && leg.final)
    return phone.at(*leg.provisional) <= phone.at(*leg.final) ? leg.provisional : leg.final;
  return leg.provisional ? leg.provisional : leg.final;
}

const CallGroup* call_of(const Phone& phone, const Transaction& invite) {
  const auto index = static_cast<std::size_t>(&invite - transactions(phone).data());
  const auto& groups = phone.derived<find_groups_of_invites>();
  const auto found = groups.find(index);
  return found == groups.end() ? nullptr : &calls(phone)[found->second];
}

std::vector<std::size_t> sends_of(const Phone& phone, const Leg& leg) {
  std::vector<std::size_t> sends;
  for (const std::size_t invite : leg.invites)
    std::ranges::copy_if(transactions(phone)[invite].sends, std::back_inserter(sends),
                         [&](std::size_t send) { return phone.at(send) >= leg.i0; });
  return sends;
}

std::size_t first_invite(const Phone& phone, const Leg& leg) {
  return transactions(phone)[leg.invites.front()].sends.front();
}

CaptureTime reached_at(const Phone& phone, const Leg& leg) {
  return phone.at(first_invite(phone, leg));
}

bool hung_up_before(const CallGroup& call, CaptureTime at) {
  return call.hung_up && *call.hung_up <= at;
}

bool awaits_ack(const Phone& phone, const Leg& answered) {
  return answered.acks_2xx.empty() &&
         phone.trace.last - phone.at(*answered.final) < policy::prompt_start;
}

bool goes_on_elsewhere(const Phone& phone, const Transaction& invite, CaptureTime at) {
  const CallGroup* call = call_of(phone, invite);
  return call != nullptr && std::ranges::any_of(call->legs, [&](const Leg& leg) {
           return leg.server != invite.server && reached_at(phone, leg) >= at;
         });
}

bool share_a_branch(const Phone& phone, const Leg& one, const Leg& other) {
  return opening(phone, invite_of(phone, one)).sip.branch() ==
         opening(phone, invite_of(phone, other)).sip.branch();
}

}  // namespace sipharness::observed
