#include "harness/trace/call.hpp"

#include <algorithm>
#include <ranges>
#include <unordered_map>
#include <utility>

#include "harness/trace/dialog_requests.hpp"
#include "harness/trace/users.hpp"

namespace sipharness::trace {
namespace {

/// policy: a driver's word on a dial may be stamped after the INVITE that it caused left.
constexpr Duration dial_stamp_slack = 50ms;

std::string user_or_text(const std::string& number) {
  const std::string_view user = user_of_uri(number);
  return user.empty() ? number : std::string(user);
}

class CallFinder {
 public:
  CallFinder(const Trace& trace, const std::vector<Transaction>& transactions,
             const scenario::Profile& profile)
      : trace_(trace), transactions_(transactions), profile_(profile), requests_(trace) {}

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
  const Message& first_send(std::size_t transaction) const {
    return trace_.messages[transactions_[transaction].sends.front()];
  }

  bool is_outgoing_call(const Transaction& transaction) const {
    return transaction.method == sip::Method::invite &&
           transaction.direction == Direction::from_device &&
           trace_.messages[transaction.sends.front()].sip.to_tag().empty();
  }

  CaptureTime begin(const CallGroup& group) const {
    return group.dialled ? *group.dialled : first_send(group.legs.front().invites.front()).at;
  }

  /// Which device an action was for; the journal and the trace name devices alike.
  std::size_t device_named(const std::string& name) const {
    const std::size_t device = trace_.device_named(name);
    return device < trace_.devices.size() ? device : 0;
  }

  void open_dialled_groups() {
    for (const journal::Entry& entry : trace_.journal) {
      const auto* const action = std::get_if<journal::Action>(&entry.event);
      if (action == nullptr || action->verb != "dial") continue;
      CallGroup group;
      group.device = device_named(action->device);
      group.number = user_or_text(action->argument);
      group.dialled = trace_.time_of(entry);
      groups_.push_back(std::move(group));
    }
    dials_ = groups_.size();
  }

  // --- Grouping ---

  void place(std::size_t index) {
    CallGroup* group = dialled_group(index);
    if (group == nullptr) group = continued_group(index);
    if (group == nullptr) group = &open_group(index);
    if (group->dialled)
      newest_dialled_[call_id_of(index)] = static_cast<std::size_t>(group - groups_.data());
    join(*group, index);
  }

  bool calls(const Message& message, const std::string& number) const {
    return user_of_uri(message.sip.request_uri()) == number ||
           user_in(message.sip, sip::HeaderId::to) == number;
  }

  std::string_view call_id_of(std::size_t index) const { return first_send(index).sip.call_id(); }

  /// The group of the last dial before this INVITE, if it called that number. Where that one has
  /// begun, or called another, the Call-ID may say that an earlier call goes on beside it.
  CallGroup* dialled_group(std::size_t index) {
    const Message& invite = first_send(index);
    CallGroup* last = nullptr;
    for (std::size_t dial = 0; dial < dials_; ++dial) {
      const bool is_before = *groups_[dial].dialled <= invite.at + dial_stamp_slack;
      if (is_before && groups_[dial].device == invite.device) last = &groups_[dial];
    }
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
    const auto previous = newest_undialled_.find(invite.device);
    if (previous == newest_undialled_.end()) return nullptr;
    CallGroup& group = groups_[previous->second];
    const Message& before = first_send(group.legs.back().invites.back());
    const bool is_same_caller =
        user_in(before.sip, sip::HeaderId::from) == user_in(invite.sip, sip::HeaderId::from);
    const Duration limit = profile_.timers.sixty_four_t1() + profile_.tolerances.fo_grace;
    const bool is_soon = invite.at <= group.legs.back().end + limit;
    const bool goes_on = is_same_caller && calls(invite, group.number) && is_soon;
    return goes_on && !is_over(group, index) ? &group : nullptr;
  }

  /// The call was hung up, or the server that is now asked had its say: this is another call.
  bool is_over(const CallGroup& group, std::size_t index) const {
    const Message& invite = first_send(index);
    return std::ranges::any_of(group.legs, [&](const Leg& leg) {
      const bool was_hung_up = (leg.bye_from_device && *leg.bye_from_device < invite.index) ||
                               (leg.bye_to_device && *leg.bye_to_device < invite.index);
      const bool was_answered = leg.server == transactions_[index].server && leg.final &&
                                *leg.final < invite.index && !was_challenged(leg.invites.back());
      return was_hung_up || was_answered;
    });
  }

  CallGroup& open_group(std::size_t index) {
    const Message& invite = first_send(index);
    CallGroup group;
    group.device = invite.device;
    group.number = user_of_uri(invite.sip.request_uri());
    newest_undialled_[group.device] = groups_.size();
    groups_.push_back(std::move(group));
    return groups_.back();
  }

  /// An INVITE that was challenged, or whose connection was reset, goes on in its leg; anything
  /// else at the same server is a leg of its own.
  void join(CallGroup& group, std::size_t index) {
    const ServerRole server = transactions_[index].server;
    auto last = std::ranges::find(group.legs.rbegin(), group.legs.rend(), server, &Leg::server);
    if (last == group.legs.rend() ||
        !(was_challenged(last->invites.back()) || was_cut_off(last->invites.back(), index))) {
      group.legs.emplace_back().server = server;
      last = group.legs.rbegin();
    }
    last->invites.push_back(index);
    complete(*last);
  }

  bool was_challenged(std::size_t index) const {
    if (!transactions_[index].final) return false;
    const int status = trace_.messages[*transactions_[index].final].sip.status();
    return status == 401 || status == 407 || status == 422;
  }

  /// The server had lost the connection that the INVITE went into, and said so before the next one.
  bool was_cut_off(std::size_t index, std::size_t next) const {
    const Message& sent = first_send(index);
    if (sent.transport != Transport::tcp || transactions_[index].first_response) return false;
    return std::ranges::any_of(trace_.transport_failures, [&](const TransportFailure& failure) {
      return failure.transport == Transport::tcp && failure.device == sent.source &&
             failure.server == transactions_[index].server && failure.at > sent.at &&
             failure.at <= first_send(next).at;
    });
  }

  // --- Completing ---

  void set_ends() {
    std::unordered_map<std::size_t, CaptureTime> next;
    for (CallGroup& group : groups_ | std::views::reverse) {
      const auto later = next.try_emplace(group.device, trace_.last).first;
      group.until = std::exchange(later->second, begin(group));
    }
  }

  void find_hang_up(CallGroup& group) const {
    if (!group.dialled) return;
    for (const journal::Entry& entry : trace_.journal) {
      const auto* const action = std::get_if<journal::Action>(&entry.event);
      if (action == nullptr || action->verb != "hang_up") continue;
      const CaptureTime at = trace_.time_of(entry);
      const bool is_in_call = *group.dialled <= at && at <= group.until;
      if (!is_in_call || device_named(action->device) != group.device) continue;
      group.hung_up = at;
      return;
    }
  }

  void complete(Leg& leg) const {
    const Transaction& invite = transactions_[leg.invites.back()];
    const sip::MessageView& sip = first_send(leg.invites.back()).sip;
    leg.i0 = first_send(leg.invites.back()).at;
    leg.provisional = invite.provisional;
    leg.final = invite.final;
    DialogRequest wanted;
    wanted.server = leg.server;
    wanted.call_id = sip.call_id();
    wanted.cseq = sip.cseq();
    wanted.method = sip::Method::cancel;
    leg.cancel = requests_.first_after(invite.sends.front(), wanted);
    leg.end = end_of(leg);
    wanted.method = sip::Method::ack;
    const bool is_answered = leg.final && trace_.messages[*leg.final].sip.is_success();
    if (is_answered) leg.acks_2xx = requests_.all(wanted);
    wanted.method = sip::Method::bye;
    wanted.cseq.reset();
    leg.bye_from_device = requests_.first_after(invite.sends.front(), wanted);
    wanted.direction = Direction::to_device;
    leg.bye_to_device = requests_.first_after(invite.sends.front(), wanted);
  }

  /// leg.end of ALG-LEG. A leg that only rang goes on to the end of the trace.
  CaptureTime end_of(const Leg& leg) const {
    const Transaction& invite = transactions_[leg.invites.back()];
    std::optional<CaptureTime> end;
    if (invite.final) end = trace_.messages[*invite.final].at;
    if (leg.cancel)
      end = std::min(end.value_or(CaptureTime::max()), trace_.messages[*leg.cancel].at);
    if (!invite.first_response) {
      const CaptureTime timer_b =
          first_send(leg.invites.back()).at + profile_.timers.sixty_four_t1();
      end = std::min(end.value_or(CaptureTime::max()), timer_b);
    }
    return end.value_or(trace_.last);
  }

  const Trace& trace_;
  const std::vector<Transaction>& transactions_;
  const scenario::Profile& profile_;
  DialogRequests requests_;
  std::vector<CallGroup> groups_;  ///< until they are sorted: those of dials first
  std::size_t dials_ = 0;
  std::unordered_map<std::size_t, std::size_t> newest_undialled_;     ///< device to group
  std::unordered_map<std::string_view, std::size_t> newest_dialled_;  ///< Call-ID to group
};

}  // namespace

const Leg* CallGroup::leg(ServerRole server) const {
  const auto found = std::ranges::find(legs, server, &Leg::server);
  return found == legs.end() ? nullptr : &*found;
}

std::vector<CallGroup> find_calls(const Trace& trace, const std::vector<Transaction>& transactions,
                                  const scenario::Profile& profile) {
  return CallFinder(trace, transactions, profile).find();
}

}  // namespace sipharness::trace
