#include "harness/trace/undelivered_actions.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace sipharness::trace {
namespace {

/// policy: the effect of an action may be stamped a little before the action's own line.
constexpr Duration stamp_slack = std::chrono::milliseconds(50);

/// Timer B at the default T1 and a little: an INVITE that nobody answered for so long is over.
constexpr Duration longest_unanswered = std::chrono::seconds(34);

using journal::Action;
using journal::Entry;

/// What the journal says of one action afterwards.
struct ActionOutcome {
  bool reported_ok = false;
  std::string what;                     ///< the last word on it
  std::optional<CaptureTime> asked;     ///< a person was
  std::optional<CaptureTime> answered;  ///< and said so, or time was up
};

bool is_power_action(const Action& action) {
  return action.verb == "boot" || action.verb == "restart" || action.verb == "shutdown";
}

class ActionSorter {
 public:
  explicit ActionSorter(Trace& trace) : trace_(trace) {}

  void sort() {
    find_courses();
    std::vector<bool> undelivered(trace_.journal.size());
    for (std::size_t i = 0; i < trace_.journal.size(); ++i) {
      const auto* action = std::get_if<Action>(&trace_.journal[i].event);
      undelivered[i] = action != nullptr && !keep(i, *action);
    }
    // Nothing is moved before this: the courses hold positions, and views of what is there.
    std::size_t position = 0;
    std::erase_if(trace_.journal, [&](const Entry&) { return undelivered[position++]; });
    if (!std::ranges::is_sorted(trace_.journal, {}, &Entry::at))
      std::ranges::stable_sort(trace_.journal, {}, &Entry::at);
  }

 private:
  using DeviceAndVerb = std::pair<std::string_view, std::string_view>;

  void find_courses() {
    const auto add = [this](const auto& event, std::size_t position) {
      courses_[{event.device, event.verb}].push_back(position);
    };
    for (std::size_t i = 0; i < trace_.journal.size(); ++i) {
      const journal::Event& event = trace_.journal[i].event;
      if (const auto* action = std::get_if<Action>(&event)) add(*action, i);
      if (const auto* asked = std::get_if<journal::Prompted>(&event)) add(*asked, i);
      if (const auto* reported = std::get_if<journal::Reported>(&event)) add(*reported, i);
    }
  }

  /// A message, and whether it is the first of its branch and method from its device.
  struct Seen {
    Message message;
    bool is_new = false;
    CaptureTime at() const { return message.at; }
  };

  /// Read once, and only where a sign is looked for. What is sent again is no sign; a CANCEL has
  /// the branch of its INVITE and is none of it.
  const std::vector<Seen>& messages() const {
    if (!seen_.empty()) return seen_;
    std::set<std::tuple<std::size_t, std::string_view, std::string_view>> earlier;
    for (const Message& message : trace_.messages) {
      const bool is_new =
          message.from_device() &&
          earlier.emplace(message.device, message.sip.branch(), message.sip.method_text()).second;
      seen_.push_back({message, is_new});
    }
    return seen_;
  }

  /// False if it was not delivered. One that a person was asked for moves to where it shows.
  bool keep(std::size_t index, const Action& action) {
    Entry& entry = trace_.journal[index];
    const CaptureTime performed = trace_.time_of(entry);
    const ActionOutcome outcome = outcome_of(index, action);
    const CaptureTime until = outcome.answered.value_or(performed) + action_grace;
    const bool was_reported = action.reported_ok || outcome.reported_ok;
    if (was_reported && !outcome.asked) return true;
    const auto sign = first_sign(action, performed, until);
    // Power is switched by hand or not at all: a REGISTER that comes meanwhile proves nothing.
    const bool was_denied = !outcome.what.empty() && is_power_action(action);
    const bool is_done = was_reported || (sign && !was_denied);
    if (!is_done) trace_.undelivered_actions.push_back({performed, action, outcome.what});
    if (is_done && outcome.asked) entry.at += sign.value_or(*outcome.answered) - performed;
    return is_done;
  }

  ActionOutcome outcome_of(std::size_t index, const Action& action) const {
    ActionOutcome outcome;
    const std::vector<std::size_t>& course = courses_.at({action.device, action.verb});
    for (auto next = std::ranges::upper_bound(course, index); next != course.end(); ++next) {
      const Entry& entry = trace_.journal[*next];
      if (std::holds_alternative<Action>(entry.event)) break;
      if (std::holds_alternative<journal::Prompted>(entry.event))
        outcome.asked = trace_.time_of(entry);
      const auto* reported = std::get_if<journal::Reported>(&entry.event);
      if (reported == nullptr) continue;
      outcome.reported_ok = outcome.reported_ok || reported->ok;
      outcome.what = reported->what;
      if (outcome.asked && !outcome.answered) outcome.answered = trace_.time_of(entry);
    }
    if (outcome.asked && !outcome.answered) outcome.answered = trace_.last;
    return outcome;
  }

  /// When the wire first shows that the action was carried out.
  std::optional<CaptureTime> first_sign(const Action& action, CaptureTime from,
                                        CaptureTime until) const {
    if (action.verb == "shutdown") return sign_of_silence(action, from, until);
    // Who is in no call hangs up by doing nothing.
    if (action.verb == "hang_up" && !is_in_call(action.device, from)) return from;
    const std::vector<Seen>& all = messages();
    auto seen = std::ranges::lower_bound(all, from - stamp_slack, {}, &Seen::at);
    for (; seen != all.end() && seen->at() <= until; ++seen) {
      const Message& message = seen->message;
      if (!message.from_device() || !is_of(action.device, message)) continue;
      const bool counts = message.sip.is_response() || seen->is_new;
      if (counts && shows(action, message.sip)) return std::max(message.at, from);
    }
    return std::nullopt;
  }

  /// A device that is off says nothing more until it is started again.
  std::optional<CaptureTime> sign_of_silence(const Action& action, CaptureTime from,
                                             CaptureTime until) const {
    const CaptureTime next = next_start(action.device, from);
    const std::vector<Seen>& all = messages();
    auto seen = std::ranges::upper_bound(all, until, {}, &Seen::at);
    for (; seen != all.end() && seen->at() < next; ++seen)
      if (seen->message.from_device() && is_of(action.device, seen->message)) return std::nullopt;
    return from;
  }

  /// A call was asked for before `at`, and nothing has ended it.
  bool is_in_call(std::string_view device, CaptureTime at) const {
    struct Call {
      bool is_open = true;
      bool is_answered = false;
      CaptureTime asked;
    };
    std::map<std::string_view, Call> calls;  // by Call-ID
    for (const Seen& seen : messages()) {
      const Message& message = seen.message;
      if (message.at >= at) break;
      if (message.direction == Direction::elsewhere || !is_of(device, message)) continue;
      const sip::MessageView& sip = message.sip;
      const bool is_invite = sip.method() == sip::Method::invite;
      if (sip.is_request() && is_invite && sip.to_tag().empty())
        calls[sip.call_id()] = {.asked = message.at};
      const auto call = calls.find(sip.call_id());
      if (call == calls.end()) continue;
      if (is_invite && sip.is_response() && sip.is_success()) call->second.is_answered = true;
      if (ends_call(sip)) call->second.is_open = false;
    }
    return std::ranges::any_of(calls, [at](const auto& entry) {
      const Call& call = entry.second;
      return call.is_open && (call.is_answered || at - call.asked < longest_unanswered);
    });
  }

  CaptureTime next_start(std::string_view device, CaptureTime from) const {
    for (const Entry& entry : trace_.journal) {
      const auto* action = std::get_if<Action>(&entry.event);
      if (action != nullptr && action->device == device && trace_.time_of(entry) > from &&
          (action->verb == "boot" || action->verb == "restart"))
        return trace_.time_of(entry);
    }
    return CaptureTime::max();
  }

  /// A name that the trace does not know means every device.
  bool is_of(std::string_view device, const Message& message) const {
    const std::size_t named = trace_.device_named(device);
    return named >= trace_.devices.size() || named == message.device;
  }

  static bool ends_call(const sip::MessageView& sip) {
    if (sip.is_request())
      return sip.method() == sip::Method::bye || sip.method() == sip::Method::cancel;
    return sip.method() == sip::Method::invite && sip.is_final() && !sip.is_success();
  }

  static bool shows(const Action& action, const sip::MessageView& sip) {
    using sip::Method;
    const Method method = sip.method();
    const std::string_view verb = action.verb;
    const bool is_final_of_invite = sip.is_response() && method == Method::invite && sip.is_final();
    if (verb == "answer") return is_final_of_invite && sip.is_success();
    if (verb == "reject") return is_final_of_invite && !sip.is_success();
    if (verb == "hang_up" && is_final_of_invite) return !sip.is_success();
    if (!sip.is_request()) return false;
    if (verb == "hang_up") return method == Method::bye || method == Method::cancel;
    if (verb == "dial") return method == Method::invite && sip.to_tag().empty();
    if (verb == "hold" || verb == "resume")
      return (method == Method::invite && !sip.to_tag().empty()) || method == Method::update;
    return method == Method::register_;
  }

  Trace& trace_;
  /// Where the journal has actions, prompts and reports, by what they are about.
  std::map<DeviceAndVerb, std::vector<std::size_t>> courses_;
  mutable std::vector<Seen> seen_;
};

}  // namespace

void set_undelivered_actions_apart(Trace& trace) {
  ActionSorter(trace).sort();
}

}  // namespace sipharness::trace
