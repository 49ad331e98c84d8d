#include "harness/observed/missing_messages.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/observed/answered_invites.hpp"
#include "harness/observed/challenges.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/foreign_responses.hpp"
#include "harness/observed/invites.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/reliable_provisionals.hpp"
#include "harness/observed/retransmission_holes.hpp"
#include "harness/observed/ringing.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/split_requests.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

class MissingMessageFinder {
 public:
  explicit MissingMessageFinder(const Phone& phone) : phone_(phone) {}

  std::vector<MissingMessage> find() && {
    for (const Message& message : phone_.messages) {
      if (message.sip.is_response())
        look_for_request_of(message);
      else
        look_for_what_a_request_rests_on(message);
      remember(message);
    }
    for (const Transaction& transaction : transactions(phone_)) {
      look_for_final_response(transaction);
      look_for_response_of_device(transaction);
      look_for_answer_of_device(transaction);
      look_for_request_answered_again(transaction);
    }
    look_for_requests_answered_astray();
    look_for_acks();
    look_for_pracks();
    for (const RetransmissionHole& hole : find_retransmission_holes(phone_))
      hole.is_last_sign ? add_to_call(hole.beside, hole.what) : add(hole.beside, hole.what);
    look_for_requests_between();
    for (const ServerRole server : {ServerRole::primary, ServerRole::secondary})
      look_for_last_refresh(server);
    look_for_other_direction();
    std::ranges::stable_sort(missing_, {}, &MissingMessage::shown_by);
    return std::move(missing_);
  }

 private:
  void add(std::size_t shown_by, std::string what) {
    missing_.push_back({shown_by, std::move(what), {}, ServerRole::none});
  }
  /// What rests on the other side's retransmissions says nothing beyond its call.
  void add_to_call(std::size_t shown_by, std::string what) {
    missing_.push_back(
        {shown_by, std::move(what), phone_.message(shown_by).sip.call_id(), ServerRole::none});
  }
  /// What nothing of its Call-ID was seen before may have been sent before the capture began, if
  /// that was no longer ago than it stays of use: that says nothing beyond its call.
  void add_before(const Message& shows, std::string what, Duration of_use = Duration::max()) {
    if (call_ids_.contains(shows.sip.call_id()) || shows.at - phone_.trace.first > of_use)
      add(shows.index, std::move(what));
    else
      add_to_call(shows.index, std::move(what));
  }
  std::uint32_t frame(std::size_t message) const { return phone_.message(message).frame; }

  /// Of a call that both sides were seen to speak in over a stream nothing is missing unnoticed:
  /// that would be a gap in it.
  bool is_of_whole_call(const Message& message) const {
    return message.from_device() && message.transport != Transport::udp &&
           calls_on_streams_.contains(message.sip.call_id());
  }

  void look_for_request_of(const Message& response) {
    if (response.sip.branch().empty() || branches_.contains(response.sip.branch())) return;
    if (is_of_whole_call(response)) return;
    const bool is_to_invite = response.sip.method() == sip::Method::invite;
    add_before(response, fmt::format("the request that frame {} answers", response.frame),
               is_to_invite ? policy::longest_ringing : phone_.profile.timers.sixty_four_t1());
  }

  void look_for_what_a_request_rests_on(const Message& request) {
    const sip::Method method = request.sip.method();
    const std::string_view tag = request.sip.to_tag();
    const auto& theirs = request.from_device() ? tags_of_others_ : tags_of_device_;
    if (!tag.empty() && method != sip::Method::cancel && !theirs.contains(tag) &&
        !is_of_whole_call(request))
      add_before(request, fmt::format("the message that gave frame {} its To tag", request.frame));
    if (!request.from_device()) return;
    if (method == sip::Method::ack) look_for_invite_of(request);
    for (const DigestCredentials& one : credentials_in(request.sip)) {
      if (!one.values || one.values->nonce.empty() || nonces_.contains(one.values->nonce)) continue;
      add_before(request, fmt::format("the challenge that frame {} answers", request.frame));
      nonces_.insert(one.values->nonce);
    }
  }

  /// The INVITEs that were seen have their ACKs; this is of one more.
  void look_for_invite_of(const Message& ack) {
    Numbers& numbers = numbers_[ack.sip.call_id()];
    const bool is_known = numbers.invites.contains(ack.sip.cseq());
    if (is_known)
      numbers.acknowledged.insert(ack.sip.cseq());
    else if (numbers.acknowledged == numbers.invites)
      add_to_call(ack.index, fmt::format("the INVITE that frame {} acknowledges", ack.frame));
  }

  void remember(const Message& message) {
    auto& own = message.from_device() ? tags_of_device_ : tags_of_others_;
    const sip::MessageView& sip = message.sip;
    call_ids_.insert(sip.call_id());
    const std::string_view tag = sip.is_request() ? sip.from_tag() : sip.to_tag();
    if (!message.from_device() && message.transport != Transport::udp && !tag.empty())
      calls_on_streams_.insert(sip.call_id());
    if (sip.is_request()) {
      if (message.from_device() && sip.method() == sip::Method::invite)
        numbers_[sip.call_id()].invites.insert(sip.cseq());
      branches_.insert(sip.branch());
      own.insert(tag);
      return;
    }
    own.insert(tag);
    if (message.from_device()) return;
    if (sip.status() == 401 || sip.status() == 407)
      for (const Offer& offer : offers_in(sip)) nonces_.insert(offer.nonce);
  }

  /// The device acknowledges what was not seen, or goes on before it could time out.
  void look_for_final_response(const Transaction& transaction) {
    if (!is_ours(transaction) || transaction.final) return;
    if (!transaction.acks.empty())
      return add(transaction.acks.front(), fmt::format("the response that frame {} acknowledges",
                                                       frame(transaction.acks.front())));
    if (transaction.method != sip::Method::register_ || is_of_split_series(phone_, transaction))
      return;
    const auto& like = client_transactions_like(phone_, transaction);
    const auto later =
        std::ranges::upper_bound(like, transaction.sends.front(), {},
                                 [](const Transaction* one) { return one->sends.front(); });
    const auto next =
        std::ranges::find(later, like.end(), transaction.server, &Transaction::server);
    if (next == like.end()) return;
    const CaptureTime start = start_of(phone_, **next);
    const bool goes_on = phone_.at(transaction.sends.back()) < start;
    if (!goes_on || start >= timeout_of(phone_, transaction)) return;
    if (transport_failure(phone_, transaction.server, start_of(phone_, transaction), start)) return;
    add((*next)->sends.front(),
        fmt::format("the response to frame {}, as the device went on with frame {}",
                    frame(transaction.sends.front()), frame((*next)->sends.front())));
  }

  /// What was not sent again over UDP was heard: the capture goes on for longer than a wait.
  bool was_not_repeated(const Message& message) const {
    return message.transport == Transport::udp &&
           phone_.trace.last - message.at > phone_.profile.timers.t1 * 2;
  }

  /// How often the response was sent.
  std::ptrdiff_t copies_in(const Transaction& transaction, const Message& response) const {
    return std::ranges::count_if(transaction.responses, [&](std::size_t one) {
      return phone_.message(one).sip.bytes() == response.sip.bytes();
    });
  }

  /// A request to the device that its sender no longer repeats.
  void look_for_response_of_device(const Transaction& transaction) {
    if (is_ours(transaction)) return;
    const Message& last = phone_.message(transaction.sends.back());
    if (!was_not_repeated(last)) return;
    const auto answer = std::ranges::upper_bound(transaction.responses, last.index);
    const bool is_answered = answer != transaction.responses.end() &&
                             phone_.at(*answer) - last.at < phone_.profile.timers.t1 * 6 / 5;
    const bool is_over = transaction.sends.size() > 1 &&
                         last.at - start_of(phone_, transaction) > phone_.profile.timers.t2 * 4;
    if (!is_answered && !is_over)
      add_to_call(last.index,
                  fmt::format("the response to frame {}, which was not repeated", last.frame));
  }

  /// A final response to an INVITE, as what comes after it was seen.
  void look_for_answer_of_device(const Transaction& invite) {
    if (is_ours(invite) || invite.method != sip::Method::invite || invite.final) return;
    if (!is_unreliable(phone_, invite)) return;
    if (const auto sign = sign_of_answer(phone_, invite))
      add_to_call(*sign, fmt::format("the final response to frame {}, which was before frame {}",
                                     frame(invite.sends.front()), frame(*sign)));
  }

  /// Over UDP a final response comes again when the request does. @source RFC 3261 §17.2.2
  void look_for_request_answered_again(const Transaction& transaction) {
    const bool is_invite = transaction.method == sip::Method::invite;
    if (!is_ours(transaction) || is_invite || !is_unreliable(phone_, transaction)) return;
    if (!transaction.final) return;
    const sip::MessageView last = phone_.message(transaction.responses.back()).sip;
    if (last.sent_by() != opening(phone_, transaction).sip.sent_by()) return;
    const auto answers = std::ranges::count_if(transaction.responses, [&](std::size_t one) {
      return phone_.message(one).sip.bytes() == last.bytes();
    });
    if (static_cast<std::size_t>(answers) > transaction.sends.size())
      add_to_call(transaction.responses.back(),
                  fmt::format("a transmission of the request that frame {} answers",
                              frame(transaction.responses.back())));
  }
  /// Where it bears somebody else's Via, too.
  void look_for_requests_answered_astray() {
    std::map<std::pair<const Transaction*, std::string_view>, std::size_t> answers;
    for (const ForeignResponse& one : foreign_responses(phone_)) {
      const std::string_view bytes = phone_.message(one.response).sip.bytes();
      if (++answers[{one.request, bytes}] == one.request->sends.size() + 1)
        add_to_call(one.response, fmt::format("a transmission of the request that frame {} answers",
                                              frame(one.response)));
    }
  }

  /// A final response to an INVITE that its sender does not repeat.
  void look_for_acks() {
    for (const AnsweredInvite& answered : answered_invites(phone_))
      if (answered.acks.empty()) look_for_ack(*answered.invite, answered.answer);
    for (const Transaction* invite : device_invites(phone_))
      if (invite->final && invite->acks.empty() && !phone_.message(*invite->final).sip.is_success())
        look_for_ack(*invite, *invite->final);
  }
  void look_for_ack(const Transaction& invite, std::size_t answer) {
    if (!was_not_repeated(phone_.message(answer))) return;
    if (copies_in(invite, phone_.message(answer)) == 1)
      add_to_call(answer,
                  fmt::format("the ACK to frame {}, which was not repeated", frame(answer)));
  }

  /// A reliable provisional response that its sender does not repeat. @source RFC 3262 §3
  void look_for_pracks() {
    for (const ReliableProvisional& one : reliable_provisionals(phone_)) {
      const Message& response = phone_.message(one.response);
      const auto& final = one.invite->final;
      const bool was_settled =
          final && phone_.at(*final) - response.at < phone_.profile.timers.t1 * 2;
      if (one.prack || one.stray_prack || was_settled || !was_not_repeated(response)) continue;
      if (copies_in(*one.invite, response) == 1)
        add_to_call(one.response,
                    fmt::format("the PRACK to frame {}, which was not repeated", response.frame));
    }
  }

  /// Numbers that one Call-ID leaves out; a device that always leaves some out has sent no others.
  void look_for_requests_between() {
    std::unordered_map<std::string_view, const Transaction*> last;
    std::vector<const Transaction*> after_gaps;
    std::size_t steps = 0;
    for (const Transaction* transaction : client_transactions(phone_)) {
      const sip::MessageView& request = opening(phone_, *transaction).sip;
      if (transaction->method == sip::Method::cancel) continue;
      const Transaction* before = std::exchange(last[request.call_id()], transaction);
      if (before == nullptr) continue;
      const Message& earlier = opening(phone_, *before);
      if (request.cseq() <= earlier.sip.cseq()) continue;
      ++steps;
      if (!is_next(phone_, cseq_numbers(phone_), earlier, opening(phone_, *transaction)))
        after_gaps.push_back(transaction);
    }
    if (after_gaps.size() > 1 && after_gaps.size() == steps) return;
    for (const Transaction* transaction : after_gaps)
      add(transaction->sends.front(), fmt::format("a request with a lower CSeq than frame {}",
                                                  frame(transaction->sends.front())));
  }

  /// How long before a lapse the device refreshes, as it once did at this server.
  std::optional<Duration> reserve_at(ServerRole server) const {
    const RegisterAttempt* before = nullptr;
    for (const RegisterAttempt* attempt : attempts_at(phone_, server)) {
      if (before != nullptr && before->ok && before->granted) {
        const Duration reserve = *before->ok + *before->granted - attempt->start;
        if (reserve >= Duration::zero()) return reserve;
      }
      before = attempt;
    }
    return std::nullopt;
  }

  /// A device that refreshes, at least at the other server, sends no REGISTER again, and the
  /// capture ends before a second one is missed.
  void look_for_last_refresh(ServerRole server) {
    const auto& attempts = attempts_at(phone_, server);
    auto reserve = reserve_at(server);
    if (!reserve) reserve = reserve_at(other(server));
    if (attempts.empty() || !reserve) return;
    const RegisterAttempt& last = *attempts.back();
    if (!last.ok || !last.granted || phone_.trace.last <= *last.ok + *last.granted) return;
    const Duration period = std::max(*last.granted - *reserve, *last.granted / 2);
    const Duration late = registration_tolerance(phone_, *last.granted).value;
    if (phone_.trace.last >= *last.ok + 2 * (period + late)) return;
    const std::size_t sent = transactions(phone_)[last.transactions.back()].sends.front();
    add_to_call(sent, fmt::format("the refresh after frame {}, if the device sent it: of one alone "
                                  "it cannot be told",
                                  frame(sent)));
  }

  /// A server that says nothing in all of the capture, or a device.
  void look_for_other_direction() {
    for (const ServerRole server : {ServerRole::primary, ServerRole::secondary}) {
      std::array<std::size_t, 2> counts{};
      std::optional<std::size_t> first;
      for (const Message& message : phone_.messages) {
        if (message.server != server) continue;
        ++counts[message.from_device() ? 0 : 1];
        if (!first) first = message.index;
      }
      const auto [sent, heard] = counts;
      if (sent == 0 && heard > 0)
        add(*first, fmt::format("all that the device said to the {}", to_string(server)));
      if (heard == 0 && sent > 0) look_for_silence_of(server, *first);
    }
  }

  /// Over UDP, a request without an answer is sent again until it times out. Where one is not, it
  /// was answered; where none is, they all were.
  void look_for_silence_of(ServerRole server, std::size_t first) {
    std::size_t once = 0;
    std::size_t again = 0;
    for (const Transaction* one : client_transactions(phone_)) {
      if (one->server != server || !is_unreliable(phone_, *one)) continue;
      if (phone_.trace.last - start_of(phone_, *one) <= phone_.profile.timers.t1 * 2) continue;
      const bool is_sent_once = one->sends.size() == 1 && !is_of_split_series(phone_, *one);
      ++(is_sent_once ? once : again);
    }
    if (once == 0) return;
    add(first, fmt::format("all that the {} said ({}, no response: one direction only?)",
                           to_string(server), counted(once + again, "request")));
    if (once > 1 && again == 0) missing_.back().silent = server;
  }

  /// CSeq numbers of the device's INVITEs with one Call-ID.
  struct Numbers {
    std::set<std::uint32_t> invites;
    std::set<std::uint32_t> acknowledged;
  };

  const Phone& phone_;
  std::vector<MissingMessage> missing_;
  std::unordered_map<std::string_view, Numbers> numbers_;
  std::unordered_set<std::string_view> call_ids_;
  std::unordered_set<std::string_view> calls_on_streams_;  ///< in which others were heard over one
  std::unordered_set<std::string_view> branches_;
  std::unordered_set<std::string_view> tags_of_device_;
  std::unordered_set<std::string_view> tags_of_others_;
  std::unordered_set<std::string> nonces_;
};

}  // namespace

std::vector<MissingMessage> find_missing_messages(const Phone& phone) {
  if (phone.trace.has_journal()) return {};
  return MissingMessageFinder(phone).find();
}

}  // namespace sipharness::observed
