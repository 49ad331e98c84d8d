// Registrations on a story's page: a bar for each server over the time of the capture, then the
// attempts, those that are alike in one line.

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "reports/story_chapters.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using sipharness::CaptureTime;
using sipharness::Duration;
using sipharness::format_seconds;
using sipharness::times;
using namespace std::chrono_literals;
using namespace sipharness::story;

// --- Bars ----------------------------------------------------------------------------------------

constexpr std::string_view bar_label = "    secondary  ";

class Bar {
 public:
  Bar(const Overview& overview, std::size_t columns)
      : first_(overview.first), span_(overview.last - overview.first), cells_(columns, ' ') {}

  /// Of one server; nothing is known of the time before its first attempt.
  std::string draw(const std::vector<Registration>& attempts) && {
    std::fill(cells_.begin() + at(attempts.front().sent.at), cells_.end(), '.');
    for (const Registration& one : attempts)
      if (one.binding) fill(one.binding->from, one.binding->until);
    // Of attempts in one column those that failed are seen.
    for (const char mark : std::string_view("RU?x"))
      for (const Registration& one : attempts)
        if (mark_of(one) == mark) cells_[static_cast<std::size_t>(at(one.sent.at))] = mark;
    return std::move(cells_);
  }

 private:
  static char mark_of(const Registration& one) {
    switch (one.outcome) {
      case Outcome::accepted:
        return one.ends_registration ? 'U' : 'R';
      case Outcome::refused:
        return 'x';
      case Outcome::unanswered:
      case Outcome::open:
        return '?';
    }
    return '?';
  }

  std::ptrdiff_t at(CaptureTime time) const {
    if (span_ <= Duration::zero()) return 0;
    const double share = sipharness::to_seconds(time - first_) / sipharness::to_seconds(span_);
    const auto last = static_cast<double>(cells_.size() - 1);
    return static_cast<std::ptrdiff_t>(
        std::clamp(share * static_cast<double>(cells_.size()), 0.0, last));
  }

  void fill(CaptureTime from, CaptureTime until) {
    std::fill(cells_.begin() + at(from), cells_.begin() + at(until) + 1, '=');
  }

  CaptureTime first_;
  Duration span_;
  std::string cells_;
};

void write_bars(const StoryPage& to, const std::vector<RegistrationsAtServer>& registrations) {
  const std::size_t columns = to.page.width() - bar_label.size();
  const Duration column = (to.overview.last - to.overview.first) / static_cast<int>(columns);
  to.page.line("  ",
               fmt::format("Registrations, a column of the bars is {}", format_seconds(column)));
  for (const RegistrationsAtServer& at : registrations) {
    const std::string_view role = to_string(at.server);
    const std::string label = fmt::format("    {:<11}", role.empty() ? "other" : role);
    to.page.line("", label + Bar(to.overview, columns).draw(at.attempts));
  }
}

// --- Attempts ------------------------------------------------------------------------------------

bool are_alike(const Registration& a, const Registration& b) {
  return a.outcome == b.outcome && a.statuses == b.statuses && a.is_refresh == b.is_refresh &&
         a.ends_registration == b.ends_registration && a.asked == b.asked &&
         a.granted == b.granted && a.wait_asked == b.wait_asked;
}

bool has_lapsed(const Registration& one) {
  return one.binding &&
         (one.binding->end == BindingEnd::lapsed || one.binding->end == BindingEnd::forgotten);
}

std::string seconds(Duration expiry) {
  return format_seconds(expiry, 0);
}

std::string describe_outcome(const Registration& one) {
  const std::string last = one.status() == 0
                               ? std::string()
                               : fmt::format("{} {}", one.status(), clipped(one.reason, 40));
  switch (one.outcome) {
    case Outcome::accepted:
      if (one.ends_registration) return "registration ended";
      if (!one.granted) return fmt::format("{}, no binding of its own", last);
      return fmt::format(
          "{}, {} granted{}", one.is_refresh ? "refreshed" : "registered", seconds(*one.granted),
          one.asked && one.asked != one.granted ? fmt::format(" ({} asked)", seconds(*one.asked))
                                                : "");
    case Outcome::refused:
      return fmt::format("refused: {}", last);
    case Outcome::unanswered:
      return "no answer";
    case Outcome::open:
      return "not answered when the capture ends";
  }
  return {};
}

/// 401 before the 200.
std::string describe_chain(const Registration& one) {
  if (one.statuses.size() < 2) return {};
  return fmt::format(
      ", after {}",
      fmt::join(one.statuses.begin(),
                one.statuses.begin() + std::min<std::ptrdiff_t>(std::ssize(one.statuses) - 1, 8),
                ", "));
}

/// Attempts that are alike, one after the other.
using Group = std::span<const Registration>;

std::vector<Group> groups_of(const std::vector<Registration>& attempts) {
  std::vector<Group> groups;
  for (const Registration& one : attempts) {
    const bool joins = !groups.empty() && are_alike(groups.back().back(), one) &&
                       !has_lapsed(groups.back().back());
    if (joins)
      groups.back() = {groups.back().data(), groups.back().size() + 1};
    else
      groups.emplace_back(&one, 1);
  }
  return groups;
}

/// "5 times to frame 9, 2.100, 4.100, 8.100, 16.100 s apart".
std::string describe_times(const Group& group) {
  constexpr std::size_t gaps_told = 5;
  Duration shortest = Duration::max();
  Duration longest = Duration::min();
  std::string gaps;
  for (std::size_t i = 1; i < group.size(); ++i) {
    const Duration gap = group[i].sent.at - group[i - 1].sent.at;
    shortest = std::min(shortest, gap);
    longest = std::max(longest, gap);
    if (i <= gaps_told)
      gaps += fmt::format("{}{:.3f}", i == 1 ? "" : ", ", sipharness::to_seconds(gap));
  }
  const bool is_uneven = group.size() - 1 <= gaps_told && longest - shortest > 10ms;
  return fmt::format("{} times to frame {}, {} apart", group.size(), group.back().sent.frame,
                     is_uneven ? gaps + " s" : describe_range(shortest, longest));
}

std::string describe(const Group& group) {
  const Registration& first = group.front();
  std::string text = describe_outcome(first) + describe_chain(first);
  if (first.wait_asked) text += fmt::format(", Retry-After {}", seconds(*first.wait_asked));
  if (first.outcome == Outcome::unanswered || first.outcome == Outcome::open)
    text += ", sent " + times(first.transmissions);
  if (group.size() > 1) return fmt::format("{}; {}", text, describe_times(group));
  if (first.answered)
    text += fmt::format(", answered after {}", format_seconds(first.answered->at - first.sent.at));
  return text;
}

/// What is told of one server, in the order of time.
struct Entry {
  CaptureTime at;
  std::string stamp;
  std::string text;
};

void add_entries(const StoryPage& to, const Group& group, std::vector<Entry>& entries) {
  entries.push_back({group.front().sent.at, to.stamp(group.front().sent), describe(group)});
  const Registration& last = group.back();
  if (!has_lapsed(last)) return;
  const CaptureTime until = last.binding->until;
  entries.push_back(
      {until, to.stamp(until),
       fmt::format(
           "the registration of frame {} {}", last.answered->frame,
           last.binding->end == BindingEnd::lapsed ? "lapsed" : "was forgotten by the server")});
}

void write_attempts(const StoryPage& to, const RegistrationsAtServer& at) {
  std::vector<Entry> entries;
  for (const Group& group : groups_of(at.attempts)) add_entries(to, group, entries);
  std::ranges::stable_sort(entries, {}, &Entry::at);
  to.page.line("    ", fmt::format("at {}", name_of(at.server)));
  for (std::size_t i = 0; i < std::min(to.entries_told, entries.size()); ++i)
    to.page.line(entries[i].stamp, entries[i].text);
  to.rest(entries.size(), "entries");
}

}  // namespace

void write_registrations(const StoryPage& to, const Phone& phone) {
  if (phone.registrations.empty()) return to.page.line("  ", "no REGISTER");
  write_bars(to, phone.registrations);
  for (const RegistrationsAtServer& at : phone.registrations) write_attempts(to, at);
}

}  // namespace reports
