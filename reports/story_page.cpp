// The page of a story: who is who, then phone by phone what happened.

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "reports/story.hpp"
#include "reports/story_chapters.hpp"
#include "reports/text.hpp"

namespace reports {

using sipharness::counted;
using sipharness::format_seconds;
using namespace sipharness::story;

namespace {

/// policy: so many phones are named, and if there are more, so many are told of.
constexpr std::size_t phones_named = 5;
constexpr std::size_t phones_told_of_many = 2;
/// policy: so many addresses of one party are shown.
constexpr std::size_t addresses_shown = 3;
constexpr std::size_t name_columns = 40;
constexpr std::size_t file_columns = 60;
/// policy: so many kinds of messages, intervals of a series, and things left out are shown.
constexpr std::size_t kinds_shown = 12;

std::string describe_party(const Party& party) {
  std::string text;
  if (!party.account.empty())
    text = fmt::format("account {}", clipped(party.account, name_columns));
  const std::size_t shown = std::min(addresses_shown, party.addresses.size());
  if (shown > 0)
    text +=
        fmt::format("{}{}", text.empty() ? "" : " at ",
                    fmt::join(party.addresses.begin(),
                              party.addresses.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (party.addresses.size() > shown)
    text += fmt::format(" and {} more", party.addresses.size() - shown);
  if (!party.user_agent.empty())
    text += fmt::format(", User-Agent \"{}\"", clipped(party.user_agent, name_columns));
  if (!party.under_test) text += ", not under test";
  if (text.empty()) return "not seen";
  return party.known.empty() ? text : fmt::format("{} ({})", text, printable(party.known));
}

std::string label_of(const Party& party) {
  return party.part != "phone" || party.name.empty() ? party.part
                                                     : clipped(party.name, name_columns);
}

void write_parties(const std::vector<Party>& parties, Page& page) {
  std::size_t columns = 0;
  std::size_t phones = 0;
  std::size_t others = 0;
  for (const Party& party : parties) columns = std::max(columns, label_of(party).size());
  columns = std::min(columns, std::size_t{24});
  for (const Party& party : parties) {
    const bool is_server = party.part == "primary" || party.part == "secondary";
    std::size_t& kind = party.part == "phone" ? phones : others;
    if (!is_server && ++kind > phones_named) continue;
    page.line(fmt::format("  {:<{}}  ", label_of(party), columns), describe_party(party));
  }
  if (phones > phones_named)
    page.line("  ", "… and " + counted(phones - phones_named, "more phone"));
  if (others > phones_named)
    page.line("  ", "… and " + counted(others - phones_named, "more other"));
  if (parties.empty()) page.line("  ", "no phone and no server");
}

void write_head(const Overview& overview, const StoryOptions& options, Page& page) {
  page.line(clipped(options.file, file_columns) + "  ",
            fmt::format("{}, {}", counted(overview.frames, "frame"),
                        counted(overview.sip_messages, "SIP message")));
  if (overview.frames > 0)
    page.line("  ", fmt::format("{} to {} UTC, {}", date_and_time(overview.first),
                                date_and_time(overview.last),
                                format_seconds(overview.last - overview.first)));
  write_parties(overview.parties, page);
  for (const std::string& guess : overview.guesses) page.line("  guess: ", printable(guess));
}

std::string listed(const std::vector<Count>& counts) {
  std::string text;
  const std::size_t shown = std::min(kinds_shown, counts.size());
  for (std::size_t i = 0; i < shown; ++i)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", counts[i].count,
                        clipped(counts[i].what, name_columns));
  if (counts.size() > shown) text += fmt::format(" and {} more", counts.size() - shown);
  return text;
}

class StoryWriter {
 public:
  StoryWriter(const Story& story, const StoryOptions& options)
      : story_(story), page_(options.width), to_{.overview = story.overview, .page = page_} {
    if (story.phones.size() > 1) to_.entries_told = entries_of_each_phone;
    write_head(story.overview, options, page_);
  }

  std::string write() && {
    write_counts();
    const bool are_many = story_.phones.size() > phones_named;
    for (std::size_t i = 0; i < (are_many ? phones_told_of_many : story_.phones.size()); ++i)
      write_phone(story_.phones[i]);
    if (are_many) write_all_phones();
    write_capture();
    return std::move(page_).text();
  }

 private:
  void write_counts() {
    if (story_.overview.sip_messages == 0) return;
    page_.gap();
    if (!story_.requests.empty()) page_.line("  requests   ", listed(story_.requests));
    if (!story_.responses.empty()) page_.line("  responses  ", listed(story_.responses));
    page_.line("  seconds    ",
               fmt::format("count from {}, {} UTC",
                           story_.overview.has_journal ? "the start of the scenario"
                                                       : "the first SIP message",
                           date_and_time(story_.overview.zero)));
    if (std::ranges::any_of(story_.phones,
                            [](const Phone& phone) { return !phone.registrations.empty(); }))
      page_.line("  bars       ", bar_legend);
  }

  void write_phone(const Phone& phone) {
    page_.gap();
    page_.line(clipped(phone.name, name_columns), phone.under_test ? "" : "  (not under test)");
    write_registrations(to_, phone);
    write_calls(to_, phone);
    write_subscriptions(phone);
    write_outages(phone);
    write_missing(phone);
    write_timers(phone.timers);
  }

  void write_subscriptions(const Phone& phone) {
    if (phone.subscriptions.empty() && phone.unasked_notifies == 0) return;
    page_.line("  Subscriptions", "");
    for (std::size_t i = 0; i < std::min(to_.entries_told, phone.subscriptions.size()); ++i)
      write_subscription(phone.subscriptions[i]);
    to_.rest(phone.subscriptions.size(), "subscriptions");
    if (phone.unasked_notifies > 0)
      page_.line("    ", fmt::format("{} NOTIFY without a subscription", phone.unasked_notifies));
  }

  void write_subscription(const Subscription& one) {
    std::string text =
        fmt::format("{} at {}: ", clipped(one.event, name_columns), name_of(one.server));
    text += one.status == 0 ? "no final response" : fmt::format("{}", one.status);
    if (one.granted) text += fmt::format(", {} granted", format_seconds(*one.granted, 0));
    text += fmt::format(", {} SUBSCRIBE, {} NOTIFY", one.subscribes, one.notifies);
    if (!one.state.empty()) text += fmt::format(", last {}", clipped(one.state, name_columns));
    page_.line(to_.stamp(one.sent), text);
  }

  void write_outages(const Phone& phone) {
    if (phone.outages.empty()) return;
    page_.line("  Outages", "");
    for (std::size_t i = 0; i < std::min(to_.entries_told, phone.outages.size()); ++i) {
      const Outage& one = phone.outages[i];
      const std::string length = format_seconds(one.until - one.from);
      page_.line(to_.stamp(one.from),
                 fmt::format("{} {} for {}{}{}", name_of(one.server),
                             one.port_closed ? "closed" : "silent", length,
                             one.recovered ? "" : ", until the capture ends",
                             one.is_exact ? "" : ", as unanswered requests show"));
    }
    to_.rest(phone.outages.size(), "outages");
  }

  void write_missing(const Phone& phone) {
    if (phone.missing.empty()) return;
    page_.line("  Not in the capture", "");
    for (std::size_t i = 0; i < std::min(to_.entries_told, phone.missing.size()); ++i)
      page_.line(to_.stamp(phone.missing[i].shown_by), printable(phone.missing[i].what));
    to_.rest(phone.missing.size(), "messages");
  }

  void write_timers(const Timers& timers) {
    if (!timers.t1 && timers.series.empty() && timers.measured.empty()) return;
    page_.line("  Timers", "");
    if (timers.t1)
      page_.line("    ", fmt::format("T1 {}, the usual first interval of requests sent again ({})",
                                     format_seconds(*timers.t1), timers.repeated));
    for (const Series& one : timers.series) write_series(one);
    for (const Measured& one : timers.measured) write_measured(one);
  }

  void write_measured(const Measured& one) {
    const std::string range = describe_range(one.shortest, one.longest);
    std::string text = fmt::format("{}: {}", one.what, format_seconds(one.median));
    if (one.count > 1 && range == format_seconds(one.longest))
      text += fmt::format(", {} times", one.count);
    else if (one.count > 1)
      text += fmt::format(" (median of {}, {})", one.count, range);
    page_.line("    ", text);
  }

  void write_series(const Series& one) {
    std::string intervals;
    for (std::size_t i = 0; i < std::min(kinds_shown, one.intervals.size()); ++i)
      intervals +=
          fmt::format("{}{:.3f}", i == 0 ? "" : ", ", sipharness::to_seconds(one.intervals[i]));
    if (one.intervals.size() > kinds_shown) intervals += ", …";
    const sipharness::Duration span =
        std::accumulate(one.intervals.begin(), one.intervals.end(), sipharness::Duration{});
    page_.line("    ", fmt::format("{} from frame {}: again after {} s; {} {}", printable(one.what),
                                   one.first.frame, intervals,
                                   one.answered ? "answered, sent over" : "no response in",
                                   format_seconds(span)));
  }

  /// Where there are too many to tell of each.
  void write_all_phones() {
    std::size_t accepted = 0, failed = 0, calls = 0, answered = 0, outages = 0;
    for (const Phone& phone : story_.phones) {
      for (const RegistrationsAtServer& at : phone.registrations)
        for (const Registration& one : at.attempts)
          ++(one.outcome == Outcome::accepted ? accepted : failed);
      calls += phone.calls.size();
      answered += static_cast<std::size_t>(std::ranges::count_if(phone.calls, [](const Call& call) {
        return std::ranges::any_of(call.legs,
                                   [](const CallLeg& leg) { return leg.status / 100 == 2; });
      }));
      outages += phone.outages.empty() ? 0 : 1;
    }
    page_.gap();
    page_.line(fmt::format("All {} phones  ", story_.phones.size()),
               fmt::format("{} accepted, {} not; {}, {} answered; {} saw an outage. "
                           "--json tells of each.",
                           counted(accepted, "registration"), failed, counted(calls, "call"),
                           answered, counted(outages, "phone")));
  }

  void write_capture() {
    page_.gap();
    page_.line("Capture  ", fmt::format("vantage {}{}", story_.overview.vantage,
                                        story_.overview.faults.empty() ? "" : ", incomplete"));
    for (const std::string& fault : story_.overview.faults) page_.line("  ", printable(fault));
    for (const std::string& remark : story_.overview.remarks) page_.line("  ", printable(remark));
    for (const std::string& hint : story_.hints) page_.line("  ", printable(hint));
    if (story_.left_out.empty()) return;
    page_.line("Left out", "");
    for (std::size_t i = 0; i < std::min(kinds_shown, story_.left_out.size()); ++i) {
      const LeftOut& one = story_.left_out[i];
      const std::string frames = frame_list(one.frames);
      page_.line(fmt::format("  {:>6}  ", one.count),
                 fmt::format("{}{}{}", clipped(one.what, 2 * name_columns),
                             frames.empty() ? "" : ": ", frames));
    }
    if (story_.left_out.size() > kinds_shown)
      page_.line("  ", fmt::format("… and {} more kinds", story_.left_out.size() - kinds_shown));
  }

  const Story& story_;
  Page page_;
  StoryPage to_;
};

}  // namespace

std::string describe_range(sipharness::Duration shortest, sipharness::Duration longest) {
  const std::string from = fmt::format("{:.3f}", sipharness::to_seconds(shortest));
  const std::string to = format_seconds(longest);
  return to == from + " s" ? to : fmt::format("{} to {}", from, to);
}

std::string StoryPage::stamp(const Moment& moment) const {
  return fmt::format("{:>10.3f} {} frame {:<5} ", sipharness::to_seconds(moment.at - overview.zero),
                     time_of_day(moment.at), moment.frame);
}

std::string StoryPage::stamp(sipharness::CaptureTime at) const {
  return fmt::format("{:>10.3f} {}             ", sipharness::to_seconds(at - overview.zero),
                     time_of_day(at));
}

void StoryPage::rest(std::size_t entries, std::string_view what) const {
  if (entries > entries_told)
    page.line("    ", fmt::format("… and {} more {}", entries - entries_told, what));
}

std::string name_of(sipharness::trace::ServerRole server) {
  const std::string_view role = to_string(server);
  return role.empty() ? "another server" : fmt::format("the {}", role);
}

std::string story_head(const Overview& overview, const StoryOptions& options) {
  Page page(options.width);
  write_head(overview, options, page);
  return std::move(page).text();
}

std::string story_page(const Story& story, const StoryOptions& options) {
  return StoryWriter(story, options).write();
}

}  // namespace reports
