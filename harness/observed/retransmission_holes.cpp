#include "harness/observed/retransmission_holes.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "harness/observed/actions.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/policy.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/server_messages.hpp"
#include "harness/observed/split_requests.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

enum class Kind : std::uint8_t { invite, other_request, answer, provisional };

/// Transmissions with intervals from T1 on that double up to `cap`.
struct CopySeries {
  std::vector<std::size_t> sends;
  Duration cap{};
  /// Transmissions after it are the cap apart: §17.1.2.2.
  std::optional<CaptureTime> provisional{};
  /// It goes on until then.
  std::optional<CaptureTime> goes_on_until{};
  Kind kind = Kind::invite;
};

/// policy: what a burst of losses may take together.
constexpr Duration one_moment = 1s;

/// How an interval follows from the one that is due.
struct CopyStep {
  std::size_t missed = 0;  ///< transmissions between
  Duration next{};         ///< what is due after it
};

class Finder {
 public:
  explicit Finder(const Phone& phone) : phone_(phone), t1_(phone.profile.timers.t1) {
    for (const Message& message : phone.messages)
      if (message.from_device()) last_of_device_ = message.at;
  }

  std::vector<RetransmissionHole> find() && {
    for (const Transaction& transaction : transactions(phone_))
      if (is_unreliable(phone_, transaction) && !is_of_split_series(phone_, transaction))
        look_at(transaction);
    return without_habits();
  }

 private:
  /// At the end of a series.
  static constexpr std::size_t end = std::numeric_limits<std::size_t>::max();
  struct Hole {
    Kind kind = Kind::invite;
    std::size_t position = 0;  ///< in its series
    RetransmissionHole told{};
    bool is_sure = false;    ///< the capture has just begun: what it lacks was before it
    bool was_heard = false;  ///< its server said something else in the time of the series
  };

  /// How often series lacked the same transmission.
  struct Habit {
    std::size_t count = 0;
    /// Of ends: what is lost at one moment is one loss. A server that goes on speaking may have
    /// answered, and the capture lack that.
    std::size_t moments = 0;
    std::size_t silent_moments = 0;
    std::optional<CaptureTime> last{};
    std::optional<CaptureTime> last_silent{};

    void take(const Hole& hole, CaptureTime at) {
      ++count;
      if (!last || at - *last > one_moment) ++moments;
      last = at;
      if (hole.was_heard) return;
      if (!last_silent || at - *last_silent > one_moment) ++silent_moments;
      last_silent = at;
    }
    bool is_one(std::size_t position) const {
      if (position != end) return count >= policy::enough_for_a_habit;
      return silent_moments > 1 || moments >= policy::enough_for_a_habit;
    }
  };

  void look_at(const Transaction& transaction) {
    const auto& timers = phone_.profile.timers;
    const bool is_invite = transaction.method == sip::Method::invite;
    if (is_ours(transaction))
      return follow({.sends = transaction.sends,
                     .cap = is_invite ? Duration::max() : timers.t2,
                     .provisional = is_invite ? std::nullopt : at(transaction.provisional),
                     .goes_on_until = end_of(transaction),
                     .kind = is_invite ? Kind::invite : Kind::other_request});
    if (!is_invite || !transaction.final) return;
    std::vector<std::size_t> copies = transaction.responses;
    std::erase_if(copies, [&](std::size_t one) {
      return phone_.message(one).sip.bytes() != phone_.message(*transaction.final).sip.bytes();
    });
    follow({.sends = std::move(copies), .cap = timers.t2, .kind = Kind::answer});
  }

  std::optional<CaptureTime> at(std::optional<std::size_t> message) const {
    return message ? std::optional(phone_.at(*message)) : std::nullopt;
  }

  /// Until when a request that no response stopped is sent again: until it is left for another, or
  /// times out.
  std::optional<CaptureTime> end_of(const Transaction& transaction) const {
    // A device that leaves earlier has sent all by then.
    const auto retries = phone_.profile.max_request_retries;
    if (retries && static_cast<int>(transaction.sends.size()) > *retries) return std::nullopt;
    const CaptureTime start = start_of(phone_, transaction);
    CaptureTime until = std::min(timeout_of(phone_, transaction), phone_.trace.last);
    if (next_power_change(phone_, start) < until) return std::nullopt;
    if (transport_failure(phone_, transaction.server, start, until)) return std::nullopt;
    const auto& alike = client_transactions_like(phone_, transaction);
    const auto next = std::ranges::upper_bound(
        alike, start, {}, [&](const Transaction* one) { return start_of(phone_, *one); });
    if (next != alike.end()) until = std::min(until, start_of(phone_, **next));
    const bool is_invite = transaction.method == sip::Method::invite;
    const auto stopped = is_invite ? transaction.first_response : transaction.final;
    return stopped && phone_.at(*stopped) <= until ? std::nullopt : std::optional(until);
  }

  /// A hole is one where the series goes on in time behind it, or if it is the last but only one:
  /// who doubles its intervals for ever has no holes.
  void follow(const CopySeries& series) {
    const auto& sends = series.sends;
    std::vector<std::size_t> open;  ///< holes before these transmissions
    Duration due = t1_;
    for (std::size_t i = 1; i < sends.size(); ++i) {
      const Duration gap = phone_.at(sends[i]) - phone_.at(sends[i - 1]);
      const auto step = i == 1 ? first_step(series, gap) : later_step(series, gap, due);
      if (!step) return;
      if (i > 1 && lacks_provisional(series, sends[i - 1], gap, due)) note_response(series, i);
      due = step->next;
      if (step->missed > 0) {
        open.push_back(i);
        continue;
      }
      if (i > 1) ++whole_[{series.kind, i}];
      for (const std::size_t before : std::exchange(open, {})) note(series, before, sends[before]);
    }
    if (open.size() > 1) return;
    for (const std::size_t before : open) note(series, before, sends[before]);
    if (!series.goes_on_until || sends.empty()) return;
    const CaptureTime timeout = phone_.at(sends.front()) + phone_.profile.timers.sixty_four_t1();
    if (phone_.at(sends.back()) + due + t1_ / 2 < *series.goes_on_until) {
      note(series, end, sends.back());
      holes_.back().told.is_last_sign = last_of_device_ <= phone_.at(sends.back()) + due;
      const Message& first = phone_.message(sends.front());
      const auto heard = next_heard(phone_, first.server, first.at);
      holes_.back().was_heard = heard && *heard < *series.goes_on_until;
    } else if (*series.goes_on_until >= timeout) {
      ++whole_[{series.kind, end}];
    }
  }

  /// What begins with a later interval of the series was begun before.
  std::optional<CopyStep> first_step(const CopySeries& series, Duration gap) {
    const auto at_once = step_over(series, gap, t1_);
    if (at_once && at_once->missed == 0) {
      ++whole_[{series.kind, 0}];
      ++whole_[{series.kind, 1}];
      return at_once;
    }
    const Duration latest = std::min(series.cap, t1_ * 32);
    for (Duration slot = t1_ * 2; slot <= latest; slot *= 2)
      if (is_about(gap, slot)) return begun_before(series, {0, std::min(slot * 2, series.cap)});
    if (at_once) return at_once;
    for (Duration slot = t1_ * 2; slot <= latest; slot *= 2)
      if (const auto step = step_over(series, gap, slot)) return begun_before(series, *step);
    return std::nullopt;
  }
  CopyStep begun_before(const CopySeries& series, const CopyStep& step) {
    const std::size_t first = series.sends.front();
    const bool has_just_begun =
        phone_.at(first) - phone_.trace.first < phone_.profile.timers.sixty_four_t1();
    holes_.push_back({.kind = series.kind,
                      .position = 0,
                      .told = {.beside = first,
                               .what = fmt::format("transmissions before frame {}",
                                                   phone_.message(first).frame)},
                      .is_sure = has_just_begun});
    return step;
  }

  std::optional<CopyStep> step_over(const CopySeries& series, Duration gap, Duration due) const {
    Duration sum = due;
    for (std::size_t missed = 0; sum < gap || is_about(gap, sum); ++missed) {
      const Duration next = std::min(due * 2, series.cap);
      if (is_about(gap, sum)) return CopyStep{missed, next};
      const auto at_cap = (gap - sum + t1_) / series.cap;
      if (series.provisional && at_cap > 0 && is_about(gap, sum + series.cap * at_cap))
        return CopyStep{missed + static_cast<std::size_t>(at_cap), series.cap};
      due = next;
      sum += due;
      if (due != series.cap) continue;
      const auto skipped = std::max<Duration::rep>((least_about(gap) - sum) / due, 0);
      missed += static_cast<std::size_t>(skipped);
      sum += skipped * due;
    }
    return std::nullopt;
  }
  /// After a provisional response the next interval is the cap.
  std::optional<CopyStep> later_step(const CopySeries& series, Duration gap, Duration due) const {
    const auto at_cap = (gap + t1_) / series.cap;
    if (series.provisional && at_cap > 0 && is_about(gap, series.cap * at_cap))
      return CopyStep{static_cast<std::size_t>(at_cap - 1), series.cap};
    return step_over(series, gap, due);
  }
  /// The cap was waited for, not yet due, before any provisional response was seen.
  bool lacks_provisional(const CopySeries& series, std::size_t before, Duration gap,
                         Duration due) const {
    return series.provisional && phone_.at(before) < *series.provisional && !is_about(gap, due) &&
           is_about(gap, series.cap);
  }
  void note_response(const CopySeries& series, std::size_t position) {
    const std::size_t beside = series.sends[position];
    holes_.push_back({.kind = Kind::provisional,
                      .position = position,
                      .told = {.beside = beside,
                               .what = fmt::format("a provisional response before frame {}",
                                                   phone_.message(beside).frame)}});
  }

  void note(const CopySeries& series, std::size_t position, std::size_t beside) {
    holes_.push_back({.kind = series.kind,
                      .position = position,
                      .told = {.beside = beside,
                               .what = fmt::format("a transmission beside frame {}",
                                                   phone_.message(beside).frame)}});
  }

  static bool is_about(Duration measured, Duration expected) {
    const Duration off = measured > expected ? measured - expected : expected - measured;
    return static_cast<double>(off.count()) <=
           static_cast<double>(expected.count()) * policy::series_tolerance;
  }

  /// The least that the gap is about. A clock that jumped makes a gap of years.
  static Duration least_about(Duration gap) {
    return Duration(static_cast<Duration::rep>(static_cast<double>(gap.count()) /
                                               (1 + policy::series_tolerance)));
  }

  /// A device that always leaves out the same one has sent none, nor one that always stops early;
  /// of single ones two may have been lost alike.
  std::vector<RetransmissionHole> without_habits() {
    std::map<std::pair<Kind, std::size_t>, Habit> habits;
    for (const Hole& hole : holes_)
      habits[{hole.kind, hole.position}].take(hole, phone_.at(hole.told.beside));
    std::vector<RetransmissionHole> told;
    for (Hole& hole : holes_) {
      const std::pair place{hole.kind, hole.position};
      const bool is_habit = habits.at(place).is_one(hole.position) && !whole_.contains(place);
      if (hole.is_sure || !is_habit) told.push_back(std::move(hole.told));
    }
    return told;
  }

  const Phone& phone_;
  const Duration t1_;
  CaptureTime last_of_device_{};
  std::vector<Hole> holes_;
  /// CopySeries that lack nothing there.
  std::map<std::pair<Kind, std::size_t>, std::size_t> whole_;
};

}  // namespace

std::vector<RetransmissionHole> find_retransmission_holes(const Phone& phone) {
  return Finder(phone).find();
}

}  // namespace sipharness::observed
