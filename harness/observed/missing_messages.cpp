#include "harness/observed/missing_messages.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
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
#include "harness/observed/invites.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

class Finder {
 public:
  explicit Finder(const Phone& phone) : phone_(phone) {}

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
      look_for_transmissions(transaction);
    }
    look_for_acks();
    tell_holes();
    look_for_requests_between();
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
  /// What nothing of its Call-ID was seen before may have been sent before the capture began: that
  /// says nothing beyond its call.
  void add_before(const Message& shows, std::string what) {
    if (call_ids_.contains(shows.sip.call_id()))
      add(shows.index, std::move(what));
    else
      add_to_call(shows.index, std::move(what));
  }
  std::uint32_t frame(std::size_t message) const { return phone_.message(message).frame; }

  void look_for_request_of(const Message& response) {
    if (response.sip.branch().empty() || branches_.contains(response.sip.branch())) return;
    add_before(response, fmt::format("the request that frame {} answers", response.frame));
  }

  void look_for_what_a_request_rests_on(const Message& request) {
    const sip::Method method = request.sip.method();
    const std::string_view tag = request.sip.to_tag();
    const auto& theirs = request.from_device() ? tags_of_others_ : tags_of_device_;
    if (!tag.empty() && method != sip::Method::cancel && !theirs.contains(tag))
      add_before(request, fmt::format("the message that gave frame {} its To tag", request.frame));
    if (!request.from_device()) return;
    for (const DigestCredentials& one : credentials_in(request.sip)) {
      if (!one.values || one.values->nonce.empty() || nonces_.contains(one.values->nonce)) continue;
      add_before(request, fmt::format("the challenge that frame {} answers", request.frame));
      nonces_.insert(one.values->nonce);
    }
  }

  void remember(const Message& message) {
    auto& own = message.from_device() ? tags_of_device_ : tags_of_others_;
    const sip::MessageView& sip = message.sip;
    call_ids_.insert(sip.call_id());
    if (sip.is_request()) {
      branches_.insert(sip.branch());
      own.insert(sip.from_tag());
      return;
    }
    own.insert(sip.to_tag());
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
    if (transaction.method != sip::Method::register_) return;
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
    const auto copies = std::ranges::count_if(invite.responses, [&](std::size_t one) {
      return phone_.message(one).sip.bytes() == phone_.message(answer).sip.bytes();
    });
    if (copies == 1)
      add_to_call(answer,
                  fmt::format("the ACK to frame {}, which was not repeated", frame(answer)));
  }

  /// What the device sent again over UDP: a request, or its final response to an INVITE.
  void look_for_transmissions(const Transaction& transaction) {
    if (!is_unreliable(phone_, transaction)) return;
    const auto& timers = phone_.profile.timers;
    if (is_ours(transaction)) {
      if (began_before(transaction)) return;
      const bool is_invite = transaction.method == sip::Method::invite;
      Series series{.sends = transaction.sends,
                    .cap = is_invite ? Duration::max() : timers.t2,
                    .runs_out = !transaction.first_response};
      if (!is_invite && transaction.provisional)
        series.at_cap_from = phone_.at(*transaction.provisional);
      look_for_transmissions(series);
    } else if (transaction.method == sip::Method::invite && transaction.final) {
      std::vector<std::size_t> copies = transaction.responses;
      std::erase_if(copies, [&](std::size_t one) { return one < *transaction.final; });
      look_for_transmissions({.sends = std::move(copies), .cap = timers.t2});
    }
  }

  /// Transmissions with intervals from T1 on that double up to `cap`.
  struct Series {
    std::vector<std::size_t> sends;
    Duration cap{};
    std::optional<CaptureTime> at_cap_from{};  ///< a provisional response: @source §17.1.2.2
    bool runs_out = false;                     ///< nothing ended it before the timeout
  };

  /// Some transmissions are not there and the next comes in time.
  void look_for_transmissions(const Series& series) {
    const auto& sends = series.sends;
    const auto gap_before = [&](std::size_t i) {
      return phone_.at(sends[i]) - phone_.at(sends[i - 1]);
    };
    const auto later = [&](Duration interval) { return std::min(interval * 2, series.cap); };
    Duration expected = phone_.profile.timers.t1;
    for (std::size_t i = 1; i < sends.size(); ++i) {
      if (series.at_cap_from && phone_.at(sends[i - 1]) >= *series.at_cap_from)
        expected = series.cap;
      Duration due = expected;
      while (due < gap_before(i) && !is_about(gap_before(i), due)) {
        expected = later(expected);
        due += expected;
      }
      const bool is_in_time_again =
          i + 1 == sends.size() || is_about(gap_before(i + 1), later(expected));
      if (!is_about(gap_before(i), due) || (due != expected && !is_in_time_again)) return;
      if (due != expected) holes_.push_back({i, sends[i]});
      expected = later(expected);
    }
    if (series.runs_out && sends.size() > 2)
      look_for_last_transmission(sends, expected, later(expected));
  }

  /// `next` is the interval that was due, `after` the one behind it.
  void look_for_last_transmission(const std::vector<std::size_t>& sends, Duration next,
                                  Duration after) {
    const Duration passed = phone_.at(sends.back()) - phone_.at(sends.front());
    const Duration end = phone_.profile.timers.sixty_four_t1();
    const bool lacks_one = passed + next * 9 / 10 < end && passed + next + after > end;
    if (lacks_one && phone_.trace.last - phone_.at(sends.front()) > end)
      holes_.push_back({sends.size(), sends.back()});
  }

  /// One transmission left out; a device that always leaves out the same one has sent none.
  void tell_holes() {
    const bool is_habit = holes_.size() >= policy::enough_for_a_habit &&
                          std::ranges::all_of(holes_, [&](const Hole& hole) {
                            return hole.position == holes_.front().position;
                          });
    if (is_habit) return;
    for (const Hole& hole : holes_)
      add(hole.beside, fmt::format("a transmission beside frame {}", frame(hole.beside)));
  }

  /// Its intervals begin with a later one: by any number where the capture has just begun, else by
  /// one.
  bool began_before(const Transaction& transaction) {
    if (transaction.sends.size() < 2) return false;
    const Message& first = opening(phone_, transaction);
    const bool is_new = first.at - phone_.trace.first < phone_.profile.timers.sixty_four_t1();
    const Duration gap = phone_.at(transaction.sends[1]) - first.at;
    const Duration t1 = phone_.profile.timers.t1;
    for (Duration slot = t1 * 2; slot <= t1 * (is_new ? 32 : 2); slot *= 2) {
      if (!is_about(gap, slot)) continue;
      if (is_new)
        add(first.index, fmt::format("transmissions before frame {}", first.frame));
      else
        holes_.push_back({0, first.index});
      return true;
    }
    return false;
  }

  static bool is_about(Duration measured, Duration expected) {
    const Duration off = measured > expected ? measured - expected : expected - measured;
    return static_cast<double>(off.count()) <=
           static_cast<double>(expected.count()) * policy::series_tolerance;
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
      const std::uint32_t cseq = opening(phone_, *before).sip.cseq();
      if (request.cseq() <= cseq) continue;
      ++steps;
      if (!cseq_numbers(phone_).is_next(request.call_id(), cseq, request.cseq()))
        after_gaps.push_back(transaction);
    }
    if (after_gaps.size() > 1 && after_gaps.size() == steps) return;
    for (const Transaction* transaction : after_gaps)
      add(transaction->sends.front(), fmt::format("a request with a lower CSeq than frame {}",
                                                  frame(transaction->sends.front())));
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
      ++(one->sends.size() == 1 ? once : again);
    }
    if (once == 0) return;
    add(first, fmt::format("all that the {} said ({}, no response: one direction only?)",
                           to_string(server), counted(once + again, "request")));
    if (once > 1 && again == 0) missing_.back().silent = server;
  }

  struct Hole {
    std::size_t position = 0;  ///< in its series
    std::size_t beside = 0;    ///< the transmission after it, or before it
  };

  const Phone& phone_;
  std::vector<MissingMessage> missing_;
  std::vector<Hole> holes_;
  std::unordered_set<std::string_view> call_ids_;
  std::unordered_set<std::string_view> branches_;
  std::unordered_set<std::string_view> tags_of_device_;
  std::unordered_set<std::string_view> tags_of_others_;
  std::unordered_set<std::string> nonces_;
};

}  // namespace

std::vector<MissingMessage> find_missing_messages(const Phone& phone) {
  if (phone.trace.has_journal()) return {};
  return Finder(phone).find();
}

}  // namespace sipharness::observed
