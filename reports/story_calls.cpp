// Calls on a story's page, a sentence each.

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "harness/base/counted.hpp"
#include "reports/story_chapters.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using sipharness::CaptureTime;
using sipharness::counted;
using sipharness::format_seconds;
using namespace sipharness::story;

std::string describe_final(const CallLeg& leg) {
  const bool answered = leg.status / 100 == 2;
  return fmt::format("{}{} {} after {}", answered ? "answered " : "", leg.status,
                     clipped(leg.reason, 40), format_seconds(leg.final->at - leg.sent.at));
}

/// All times count from the first INVITE of the leg.
std::string describe_leg(const CallLeg& leg) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (leg.first_response && !leg.rang && !leg.final)
    add(fmt::format("first response after {}",
                    format_seconds(leg.first_response->at - leg.sent.at)));
  if (leg.rang) add(fmt::format("rang after {}", format_seconds(leg.rang->at - leg.sent.at)));
  if (leg.cancelled)
    add(fmt::format("cancelled after {} (frame {})",
                    format_seconds(leg.cancelled->at - leg.sent.at), leg.cancelled->frame));
  if (leg.final) add(describe_final(leg));
  if (!leg.first_response) add("no response");
  if (leg.first_response && !leg.final) add("no final response");
  const std::string span = format_seconds(leg.last_sent.at - leg.sent.at);
  if (leg.transmissions > leg.requests)
    add(fmt::format("sent {} times over {}", leg.transmissions, span));
  if (leg.requests > 1) add(fmt::format("{} transactions over {}", leg.requests, span));
  return text;
}

std::string where(const CallLeg& leg) {
  const std::string_view role = to_string(leg.server);
  return role.empty() ? leg.to : fmt::format("the {}", role);
}

/// "dialled 0.010 s before; at the primary …; 32.000 s later at the secondary (frame 20) …".
std::string describe(const Call& call) {
  std::string text = fmt::format("{} {}", call.incoming ? "from" : "to",
                                 call.number.empty() ? "nobody named" : clipped(call.number, 40));
  if (call.legs.empty()) return text + ": dialled, no INVITE";
  const CaptureTime begin = call.legs.front().sent.at;
  if (call.dialled)
    text += fmt::format(", dialled {} before", format_seconds(begin - *call.dialled));
  for (std::size_t i = 0; i < std::min<std::size_t>(call.legs.size(), 4); ++i) {
    const CallLeg& leg = call.legs[i];
    if (i == 0)
      text += fmt::format(", {} {}: ", call.incoming ? "by" : "at", where(leg));
    else
      text += fmt::format("; {} later at {} (frame {}): ", format_seconds(leg.sent.at - begin),
                          where(leg), leg.sent.frame);
    text += describe_leg(leg);
  }
  if (call.legs.size() > 4) text += fmt::format("; {} more INVITEs", call.legs.size() - 4);
  if (call.ended)
    text += fmt::format(
        "; {} hung up{} after {} (frame {})", call.ended_by_phone ? "the phone" : "the far end",
        call.ended_at == call.legs.back().server ? ""
                                                 : fmt::format(" at {}", name_of(call.ended_at)),
        format_seconds(call.ended->at - begin), call.ended->frame);
  return text;
}

bool was_answered(const Call& call) {
  return std::ranges::any_of(call.legs, [](const CallLeg& leg) { return leg.status / 100 == 2; });
}

/// More happened than that a server answered.
bool is_remarkable(const Call& call) {
  return call.legs.size() != 1 || !was_answered(call) || !call.ended;
}

/// Of many, those that are remarkable; of these, or if there are none of all, the first few.
std::vector<const Call*> worth_telling(const std::vector<Call>& calls, std::size_t most) {
  std::vector<const Call*> told;
  for (const Call& call : calls)
    if (calls.size() <= most || is_remarkable(call)) told.push_back(&call);
  if (told.empty())
    for (const Call& call : std::span(calls).first(most)) told.push_back(&call);
  return told;
}

void write_counts(const StoryPage& to, const std::vector<Call>& calls) {
  std::size_t incoming = 0, answered = 0, moved = 0;
  for (const Call& call : calls) {
    incoming += call.incoming ? 1 : 0;
    answered += was_answered(call) ? 1 : 0;
    moved += call.legs.size() > 1 ? 1 : 0;
  }
  to.page.line(
      "    ", fmt::format("{}, {} of them incoming; {} answered, {} not; {} with more than one try",
                          counted(calls.size(), "call"), incoming, answered,
                          calls.size() - answered, moved));
}

}  // namespace

void write_calls(const StoryPage& to, const Phone& phone) {
  if (phone.calls.empty()) return to.page.line("  ", "no call");
  to.page.line("  Calls", "");
  const bool are_many = phone.calls.size() > to.entries_told;
  if (are_many) write_counts(to, phone.calls);
  const auto told = worth_telling(phone.calls, to.entries_told);
  for (std::size_t i = 0; i < std::min(to.entries_told, told.size()); ++i) {
    const Call& call = *told[i];
    to.page.line(call.legs.empty() ? to.stamp(*call.dialled) : to.stamp(call.legs.front().sent),
                 describe(call));
  }
  to.rest(told.size(), "like these");
}

}  // namespace reports
