#include "harness/trace/clock_jumps.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "harness/base/hash.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/seconds.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/uri.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::trace {
namespace {

/// policy: no transaction that nobody answers is alive after it, with 64*T1 of 32 s.
constexpr Duration longest_wait = 40s;
/// policy: what comes less late than this, after a lapse or against the device's own habit, is
/// late, whatever the clock did.
constexpr Duration least_delay = 30s;
constexpr Duration least_delay_in_rhythm = 55s;
/// policy: what a jump explains may still wait for an answer.
constexpr Duration slack = 1s;
/// policy: when a device whose REGISTER failed tries again, if nobody told it.
constexpr Duration longest_retry = 2min;
/// policy: who is silent so often has not had its clock set so often.
constexpr std::size_t habit = 3;
/// policy: of more than so many a report tells no more; what lies between them is doubted too.
constexpr std::size_t most_faults = 50;
/// policy: the intervals of a series double, or a little more.
constexpr double most_growth = 2.5;

/// A silence and what speaks against it.
struct Jump {
  Silence silence;
  std::string sure{};
  std::string guess{};
  std::optional<IpAddress> waiting{};  ///< whoever sent what was answered or repeated too late
  std::set<IpAddress> late{};          ///< hosts that something was due of
  CaptureTime until{};                 ///< when the last of that came
};

/// Something that is answered or sent again soon.
struct Awaited {
  CaptureTime at;
  std::uint32_t frame = 0;
  IpAddress host;
  Duration interval{};  ///< before the last copy; zero: there was one transmission
};

/// Of a device at a server: a registration, or a subscription.
struct Promise {
  std::optional<CaptureTime> made;  ///< and not broken since
  CaptureTime due;
  Duration rhythm{};  ///< the longest wait until it was kept
  Duration least = least_delay;
  std::uint32_t frame = 0;  ///< of the request; zero: there was none yet
  IpAddress host;
  std::string_view contact;
};

/// For how long a response says that it lasts: by that contact, or by its Expires header.
std::optional<Duration> expiry_in(const sip::MessageView& response, std::string_view contact) {
  for (const sip::Header& header : response.headers_from(sip::HeaderId::contact)) {
    if (header.id != sip::HeaderId::contact) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const auto one = sip::parse_address(sip::take_list_member(rest));
      if (one && sip::same_uri(one->uri, contact))
        return sip::seconds_in(one->parameter("expires"));
    }
  }
  return sip::seconds_in(response.header(sip::HeaderId::expires));
}

class JumpFinder {
 public:
  JumpFinder(const Trace& trace, const std::vector<Silence>& silences) : trace_(trace) {
    for (const Silence& silence : silences)
      if (silence.length() > longest_wait) jumps_.push_back({.silence = silence});
  }

  std::vector<Jump> find() && {
    if (jumps_.empty()) return {};
    for (const Message& message : trace_.messages) {
      while (passed_ < jumps_.size() && jumps_[passed_].silence.until <= message.at) ++passed_;
      look_at(message);
    }
    for (const auto& [key, promise] : promises_) came(promise, trace_.last, Duration::zero());
    weigh();
    return std::move(jumps_);
  }

 private:
  enum class Kind : std::uint8_t { request, acknowledgement };
  using Key = std::tuple<Kind, std::string_view, std::uint32_t, sip::Method>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      const auto& [kind, id, cseq, method] = key;
      return hash_of(id) + cseq * std::size_t{0x9e3779b97f4a7c15} +
             static_cast<std::size_t>(method);
    }
  };
  using PromiseKey = std::tuple<std::uint32_t, ServerRole, std::string_view>;

  // --- What is awaited --------------------------------------------------------------------------

  void look_at(const Message& message) {
    const sip::MessageView& sip = message.sip;
    if (sip.is_request())
      look_at_request(message);
    else
      look_at_response(message);
    const bool is_promise =
        sip.method() == sip::Method::register_ || sip.method() == sip::Method::subscribe;
    if (is_promise && message.direction != Direction::elsewhere) look_at_promise(message);
  }

  void look_at_request(const Message& message) {
    const sip::MessageView& sip = message.sip;
    if (sip.method() == sip::Method::ack)
      return came({Kind::acknowledgement, sip.call_id(), sip.cseq(), sip::Method::ack}, message);
    sent({Kind::request, sip.branch(), sip.cseq(), sip.method()}, message);
  }

  void look_at_response(const Message& message) {
    const sip::MessageView& sip = message.sip;
    came({Kind::request, sip.branch(), sip.cseq(), sip.method()}, message);
    if (sip.method() == sip::Method::invite && sip.is_final())
      sent({Kind::acknowledgement, sip.call_id(), sip.cseq(), sip::Method::ack}, message);
  }

  void came(const Key& what, const Message& message) {
    const auto awaited = awaited_.find(what);
    if (awaited == awaited_.end()) return;
    if (Jump* const jump = jump_between(awaited->second, message)) {
      jump->waiting = awaited->second.host;
      jump->guess =
          fmt::format("frame {} came only {} after frame {}", message.frame,
                      format_seconds(message.at - awaited->second.at), awaited->second.frame);
    }
    awaited_.erase(awaited);
  }

  void sent(const Key& what, const Message& message) {
    const auto [known, is_new] =
        awaited_.try_emplace(what, Awaited{message.at, message.frame, message.source.address, {}});
    if (is_new) return;
    Awaited& last = known->second;
    const Duration interval = message.at - last.at;
    if (Jump* const jump = jump_between(last, message)) {
      const bool is_series = last.interval > Duration::zero();
      if (!is_series) jump->waiting = last.host;
      std::string& told = is_series ? jump->sure : jump->guess;
      told = fmt::format("what frame {} holds was sent again only in frame {}", last.frame,
                         message.frame);
    }
    last = {message.at, message.frame, last.host, interval};
  }

  /// The last that lies between, if it explains why the message came no sooner.
  Jump* jump_between(const Awaited& last, const Message& message) {
    if (passed_ == 0) return nullptr;
    Jump& jump = jumps_[passed_ - 1];
    const Duration interval = message.at - last.at;
    const bool is_series = last.interval > Duration::zero() &&
                           to_seconds(interval) < to_seconds(last.interval) * most_growth;
    const bool is_between = last.at <= jump.silence.from;
    return is_between && interval > longest_wait && !is_series ? &jump : nullptr;
  }

  // --- What is due ------------------------------------------------------------------------------

  void look_at_promise(const Message& message) {
    const bool is_register = message.sip.method() == sip::Method::register_;
    const PromiseKey key{message.device, message.server,
                         is_register ? std::string_view() : message.sip.call_id()};
    if (message.sip.is_request()) {
      if (message.from_device()) ask(promises_[key], message);
    } else if (const auto promise = promises_.find(key); promise != promises_.end()) {
      if (!answer(promise->second, message)) promises_.erase(promise);
    }
  }

  void ask(Promise& promise, const Message& message) {
    came(promise, message.at, promise.least);
    const auto made = std::exchange(promise.made, std::nullopt);
    if (made && message.at <= promise.due)
      promise.rhythm = std::max(promise.rhythm, message.at - *made);
    promise.due = message.at + longest_retry;
    promise.frame = message.frame;
    promise.host = message.source.address;
    const auto contact = sip::first_address(message.sip.header(sip::HeaderId::contact));
    promise.contact = contact ? contact->uri : std::string_view();
  }

  /// Whether anything is due any more.
  static bool answer(Promise& promise, const Message& message) {
    const sip::MessageView& sip = message.sip;
    if (!sip.is_final()) return true;
    if (!sip.is_success()) {
      const std::optional<Duration> told = sip::seconds_in(sip.header(sip::HeaderId::retry_after));
      promise.due = message.at + std::max(told.value_or(longest_retry), longest_retry);
      return true;
    }
    const auto expiry = expiry_in(sip, promise.contact);
    if (!expiry || *expiry == Duration::zero()) return false;
    const bool has_rhythm = promise.rhythm * 2 >= *expiry && promise.rhythm < *expiry;
    promise.made = message.at;
    promise.least = has_rhythm ? least_delay_in_rhythm : least_delay;
    promise.due = message.at + (has_rhythm ? promise.rhythm : *expiry);
    return true;
  }

  /// The one in whose silence that time lies.
  Jump* jump_at(CaptureTime time) {
    const auto jump = std::ranges::lower_bound(jumps_, time, {},
                                               [](const Jump& one) { return one.silence.until; });
    return jump != jumps_.end() && jump->silence.from <= time ? &*jump : nullptr;
  }

  /// No jump explains what comes later than the silence is long.
  /// @param least what comes less late is late, whatever the clock did
  void came(const Promise& promise, CaptureTime at, Duration least) {
    Jump* const jump = promise.frame > 0 ? jump_at(promise.due) : nullptr;
    const Duration late = at - promise.due;
    if (jump == nullptr || late < least || late > jump->silence.length() + slack) return;
    if (jump->guess.empty())
      jump->guess = fmt::format("what follows from frame {} was due in it", promise.frame);
    jump->late.insert(promise.host);
    jump->until = std::max(jump->until, at);
  }

  /// Several at once, and not one again and again.
  void weigh() {
    std::map<IpAddress, std::size_t> alone;
    for (const Jump& jump : jumps_)
      if (const auto host = only_host_in(jump)) ++alone[*host];
    for (Jump& jump : jumps_) {
      if (jump.late.size() > 1 && jump.sure.empty())
        jump.sure = counted(jump.late.size(), "device") + " had to register in it";
      if (const auto host = only_host_in(jump); host && alone.at(*host) >= habit)
        jump.guess.clear();
    }
  }

  /// Where all that speaks against the silence is of one host.
  static std::optional<IpAddress> only_host_in(const Jump& jump) {
    if (jump.late.empty()) return jump.waiting;
    const IpAddress& late = *jump.late.begin();
    const bool is_one = jump.late.size() == 1 && jump.waiting.value_or(late) == late;
    return is_one ? std::optional(late) : std::nullopt;
  }

  const Trace& trace_;
  std::vector<Jump> jumps_;
  std::size_t passed_ = 0;  ///< of these, before the message that is looked at
  std::unordered_map<Key, Awaited, KeyHash> awaited_;
  std::map<PromiseKey, Promise> promises_;
};

/// A pause of media in which nothing else was there either, and nobody said a word about it.
std::vector<Jump> jumps_in_media(const Trace& trace, const std::vector<Silence>& silences,
                                 const std::vector<Silence>& media) {
  std::vector<Jump> found;
  for (const Silence& pause : media) {
    const auto next = std::ranges::upper_bound(silences, pause.until, {}, &Silence::until);
    if (next == silences.begin()) continue;
    const auto same = std::prev(next);
    const bool is_nearly_all = same->length() + least_silence / 10 >= pause.length();
    if (same->from < pause.from || !is_nearly_all) continue;
    const auto& places = trace.messages.places();
    const auto said = std::ranges::lower_bound(places, pause.from, {}, &MessageList::Place::at);
    if (said != places.end() && said->at <= pause.until) continue;
    found.push_back({.silence = *same,
                     .sure = fmt::format("the RTP of frame {} goes on with frame {} as if no time "
                                         "had passed",
                                         pause.before, pause.after)});
  }
  return found;
}

Fault fault_of(const Jump& jump) {
  const Silence& silence = jump.silence;
  const std::string where =
      fmt::format("frames {} and {}: nothing was captured for {}", silence.before, silence.after,
                  format_seconds(silence.length()));
  Fault fault{.text = {},
              .from = silence.from,
              .until = std::max(silence.until, jump.until),
              .is_of_clock = true};
  if (!jump.sure.empty()) {
    fault.text = fmt::format(
        "the capture's clock was set forward or its machine stood still between {}, and {}", where,
        jump.sure);
    return fault;
  }
  fault.text = fmt::format(
      "the capture's clock may have been set forward, or its machine have stood still, between {}, "
      "and {}; a capture that holds other traffic beside tells that from a silent device",
      where, jump.guess);
  fault.blame = verdict::Blame::user;
  fault.is_guess = true;
  return fault;
}

void take(std::vector<Fault>& found, Fault fault) {
  if (found.size() < most_faults) return found.push_back(std::move(fault));
  Fault& last = found.back();
  last.until = std::max(last.until, fault.until);
  // One that is sure says more than any number of guesses.
  if (last.is_guess && !fault.is_guess) {
    fault.from = last.from;
    fault.until = last.until;
    last = std::move(fault);
  }
}

}  // namespace

std::vector<Fault> clock_jumps(const Trace& trace, const std::vector<Silence>& silences,
                               const std::vector<Silence>& media) {
  if (trace.has_journal()) return {};
  std::map<CaptureTime, Jump> jumps;
  for (Jump& jump : jumps_in_media(trace, silences, media))
    jumps.emplace(jump.silence.from, std::move(jump));
  for (Jump& jump : JumpFinder(trace, silences).find()) {
    const auto [known, is_new] = jumps.try_emplace(jump.silence.from, jump);
    if (!is_new && !jump.sure.empty()) known->second.sure = std::move(jump.sure);
    known->second.until = std::max(known->second.until, jump.until);
  }
  std::vector<Fault> found;
  for (const auto& [from, jump] : jumps)
    if (!jump.sure.empty() || !jump.guess.empty()) take(found, fault_of(jump));
  return found;
}

}  // namespace sipharness::trace
