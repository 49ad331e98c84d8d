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

#include "harness/observed/challenges.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/cseq_numbers.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// policy: an interval is one of a series if it is off by no more than this share of it.
constexpr double series_tolerance = 0.1;

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
      look_for_transmissions(transaction);
    }
    tell_holes();
    look_for_requests_between();
    look_for_other_direction();
    std::ranges::stable_sort(missing_, {}, &MissingMessage::shown_by);
    return std::move(missing_);
  }

 private:
  void add(std::size_t shown_by, std::string what) {
    missing_.push_back({shown_by, std::move(what)});
  }
  std::uint32_t frame(std::size_t message) const { return phone_.message(message).frame; }

  void look_for_request_of(const Message& response) {
    if (response.sip.branch().empty() || branches_.contains(response.sip.branch())) return;
    add(response.index, fmt::format("the request that frame {} answers", response.frame));
  }

  void look_for_what_a_request_rests_on(const Message& request) {
    const sip::Method method = request.sip.method();
    const std::string_view tag = request.sip.to_tag();
    const auto& theirs = request.from_device() ? tags_of_others_ : tags_of_device_;
    if (!tag.empty() && method != sip::Method::cancel && !theirs.contains(tag))
      add(request.index, fmt::format("the message that gave frame {} its To tag", request.frame));
    if (!request.from_device()) return;
    for (const DigestCredentials& one : credentials_in(request.sip)) {
      if (!one.values || one.values->nonce.empty() || nonces_.contains(one.values->nonce)) continue;
      add(request.index, fmt::format("the challenge that frame {} answers", request.frame));
      nonces_.insert(one.values->nonce);
    }
  }

  void remember(const Message& message) {
    auto& own = message.from_device() ? tags_of_device_ : tags_of_others_;
    const sip::MessageView& sip = message.sip;
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
    const auto here = std::ranges::find(like, &transaction);
    const auto next = std::ranges::find_if(here, like.end(), [&](const Transaction* other) {
      return other != &transaction && other->server == transaction.server;
    });
    if (here == like.end() || next == like.end()) return;
    const CaptureTime start = start_of(phone_, **next);
    const bool goes_on = phone_.at(transaction.sends.back()) < start;
    if (!goes_on || start >= timeout_of(phone_, transaction)) return;
    if (transport_failure(phone_, transaction.server, start_of(phone_, transaction), start)) return;
    add((*next)->sends.front(),
        fmt::format("the response to frame {}, as the device went on with frame {}",
                    frame(transaction.sends.front()), frame((*next)->sends.front())));
  }

  /// What the device sent again over UDP: a request, or its final response to an INVITE.
  void look_for_transmissions(const Transaction& transaction) {
    if (!is_unreliable(phone_, transaction)) return;
    const auto& timers = phone_.profile.timers;
    if (is_ours(transaction)) {
      if (joined_late(transaction, timers.t1))
        return add(transaction.sends.front(),
                   fmt::format("transmissions before frame {}", frame(transaction.sends.front())));
      const bool is_invite = transaction.method == sip::Method::invite;
      look_for_transmissions(transaction.sends, is_invite ? timers.sixty_four_t1() : timers.t2,
                             !transaction.first_response);
    } else if (transaction.method == sip::Method::invite && transaction.final) {
      std::vector<std::size_t> copies = transaction.responses;
      std::erase_if(copies, [&](std::size_t one) { return one < *transaction.final; });
      look_for_transmissions(copies, timers.t2, false);
    }
  }

  /// A series with intervals from T1 on that double up to `cap`, which lacks one transmission and
  /// goes on in time; or, where nothing ended it before the timeout, the last one.
  void look_for_transmissions(const std::vector<std::size_t>& sends, Duration cap, bool runs_out) {
    const auto& timers = phone_.profile.timers;
    const auto gap_before = [&](std::size_t i) {
      return phone_.at(sends[i]) - phone_.at(sends[i - 1]);
    };
    const auto later = [&](Duration interval) { return std::min(interval * 2, cap); };
    Duration expected = timers.t1;
    for (std::size_t i = 1; i < sends.size(); ++i) {
      if (!is_about(gap_before(i), expected)) {
        const Duration both = expected + later(expected);
        expected = later(expected);
        const bool is_in_time_again =
            i + 1 == sends.size() || is_about(gap_before(i + 1), later(expected));
        if (!is_about(gap_before(i), both) || !is_in_time_again) return;
        holes_.push_back({i, sends[i]});
      }
      expected = later(expected);
    }
    const Duration passed = phone_.at(sends.back()) - phone_.at(sends.front());
    const Duration end = timers.sixty_four_t1();
    const bool lacks_last =
        passed + expected * 9 / 10 < end && passed + expected + later(expected) > end;
    const bool is_seen_to_end = phone_.trace.last - phone_.at(sends.front()) > end;
    if (runs_out && sends.size() > 2 && lacks_last && is_seen_to_end)
      holes_.push_back({sends.size(), sends.back()});
  }

  /// One transmission left out; a device that always leaves out the same one has sent none.
  void tell_holes() {
    const bool is_habit = holes_.size() > 1 && std::ranges::all_of(holes_, [&](const Hole& hole) {
                            return hole.position == holes_.front().position;
                          });
    if (is_habit) return;
    for (const Hole& hole : holes_)
      add(hole.beside, fmt::format("a transmission beside frame {}", frame(hole.beside)));
  }

  bool joined_late(const Transaction& transaction, Duration first) const {
    if (transaction.sends.size() < 2) return false;
    const CaptureTime start = start_of(phone_, transaction);
    if (start - phone_.trace.first >= phone_.profile.timers.sixty_four_t1()) return false;
    const Duration gap = phone_.at(transaction.sends[1]) - start;
    for (Duration slot = first * 2; slot <= first * 32; slot *= 2)
      if (is_about(gap, slot)) return true;
    return false;
  }

  static bool is_about(Duration measured, Duration expected) {
    const Duration off = measured > expected ? measured - expected : expected - measured;
    return static_cast<double>(off.count()) <=
           static_cast<double>(expected.count()) * series_tolerance;
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
      if (heard == 0 && sent > 0 && was_answered_unseen(server))
        add(*first, fmt::format("all that the {} said", to_string(server)));
    }
  }

  /// Over UDP, a request without an answer is sent again until it times out.
  bool was_answered_unseen(ServerRole server) const {
    return std::ranges::any_of(client_transactions(phone_), [&](const Transaction* one) {
      return one->server == server && is_unreliable(phone_, *one) && one->sends.size() == 1 &&
             phone_.trace.last - start_of(phone_, *one) > phone_.profile.timers.t1 * 2;
    });
  }

  struct Hole {
    std::size_t position = 0;  ///< in its series
    std::size_t beside = 0;    ///< the transmission after it, or before it
  };

  const Phone& phone_;
  std::vector<MissingMessage> missing_;
  std::vector<Hole> holes_;
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
