#include "harness/judge/message_counts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/counted.hpp"

namespace sipharness::judge {
namespace {

using trace::Direction;
using trace::MessageList;
using trace::Trace;

/// policy: so many pairs of ends are named of what was left out, the busiest, and so many accounts.
constexpr std::size_t most_named = 5;

/// By both ends, whichever sent.
using Pairs = std::map<std::pair<IpAddress, IpAddress>, std::uint64_t>;

void add_strangers(verdict::MessageCounts& counts, const Pairs& pairs) {
  std::vector<std::pair<std::uint64_t, Pairs::key_type>> busiest;
  for (const auto& [ends, count] : pairs) busiest.emplace_back(count, ends);
  std::ranges::stable_sort(busiest, std::ranges::greater(),
                           [](const auto& one) { return one.first; });
  std::uint64_t others = 0;
  for (std::size_t index = 0; index < busiest.size(); ++index) {
    const auto& [count, ends] = busiest[index];
    if (index >= most_named)
      others += count;
    else
      counts.left_out.push_back(
          {count, fmt::format("between {} and {}: not between a device and its servers",
                              ends.first.text(), ends.second.text())});
  }
  if (others > 0)
    counts.left_out.push_back({others, "between others: not between a device and its servers"});
}

/// Judged, or kept from it for a reason that the finding tells; measured, where no more is asked.
bool is_told(const verdict::Finding& finding) {
  using verdict::Verdict;
  const Verdict verdict = finding.verdict();
  if (verdict == Verdict::info) return finding.requirement->severity == verdict::Severity::info;
  return verdict != Verdict::not_applicable;
}

std::size_t requirements_in(const std::vector<verdict::Finding>& findings) {
  std::set<const verdict::Requirement*> rows;
  for (const verdict::Finding& finding : findings) rows.insert(finding.requirement);
  return rows.size();
}

bool is_seen(const Trace& trace, const trace::Server& server) {
  return std::ranges::any_of(trace.messages.flows(), [&](const trace::Flow& flow) {
    return flow.source == server.endpoint || flow.destination == server.endpoint;
  });
}

bool holds_only(const Trace& trace, sip::Method method) {
  return std::ranges::all_of(trace.messages.places(), [method](const MessageList::Place& place) {
    return place.method == method;
  });
}

std::string endpoints_of_sip(const Trace& trace) {
  std::set<std::string> seen;
  for (const MessageList::Place& place : trace.messages.places())
    if (place.is_request && seen.size() < most_named)
      seen.insert(trace.messages.flow_of(place).destination.text());
  return fmt::format("{}", fmt::join(seen, ", "));
}

std::string without_sip(const Trace& trace) {
  std::string text = trace.census.instead_of_sip(trace.counts.frames);
  if (trace.keep_alives > 0) text += "; " + counted(trace.keep_alives, "keep-alive");
  if (!trace.malformed.empty())
    text +=
        fmt::format("; {} on a SIP port, but no SIP", counted(trace.malformed.size(), "payload"));
  return text;
}

}  // namespace

void count_messages(verdict::Result& result, const Trace& trace) {
  const MessageList& messages = trace.messages;
  std::vector<std::uint64_t> by_device(std::max<std::size_t>(trace.devices.size(), 1));
  std::vector<std::uint64_t> elsewhere(messages.flows().size());
  for (const MessageList::Place& place : messages.places()) {
    const bool is_elsewhere = messages.flow_of(place).direction == Direction::elsewhere;
    ++(is_elsewhere ? elsewhere[place.flow] : by_device[place.device]);
  }
  verdict::MessageCounts& counts = result.messages;
  counts.seen = messages.size() + trace.copies;
  if (trace.devices.empty()) counts.judged = by_device.front();
  std::size_t shown = 0;
  std::size_t named = 0;
  std::uint64_t of_others = 0;
  for (std::size_t device = 0; device < trace.devices.size(); ++device) {
    const trace::Device& one = trace.devices[device];
    if (one.under_test) {
      counts.judged += by_device[device];
      result.devices[shown++].messages = by_device[device];
    } else if (by_device[device] > 0) {
      if (named++ >= most_named) {
        of_others += by_device[device];
        continue;
      }
      counts.left_out.push_back(
          {by_device[device], fmt::format("of account {}, which is not under test", one.user)});
    }
  }
  if (of_others > 0)
    counts.left_out.push_back(
        {of_others,
         fmt::format("of {} more accounts, which are not under test", named - most_named)});
  Pairs pairs;
  for (std::size_t flow = 0; flow < elsewhere.size(); ++flow) {
    if (elsewhere[flow] == 0) continue;
    const auto& [low, high] = std::minmax(messages.flows()[flow].source.address,
                                          messages.flows()[flow].destination.address);
    pairs[{low, high}] += elsewhere[flow];
  }
  add_strangers(counts, pairs);
  if (trace.copies > 0) counts.left_out.push_back({trace.copies, "captured twice (SPAN port)"});
}

std::string describe_nothing_judged(const verdict::Result& result, const Trace& trace,
                                    const std::vector<trace::Server>& named) {
  const std::size_t seen = trace.messages.size();
  const bool is_foreign = result.scenario.empty();
  if (seen > 0 && is_foreign && holds_only(trace, sip::Method::options))
    return counted(seen, "SIP message") + ", only of OPTIONS";
  if (seen == 0 && trace.malformed.empty()) return without_sip(trace);
  const auto is_missing = [&](const trace::Server& server) { return !is_seen(trace, server); };
  if (!named.empty() && seen > 0 && std::ranges::all_of(named, is_missing))
    return fmt::format(
        "none of {} SIP messages is to or from the servers named; requests were sent "
        "to {}: name these",
        seen, endpoints_of_sip(trace));
  if (std::ranges::any_of(result.findings, is_told)) return {};
  if (seen == 0) return without_sip(trace);
  if (result.rows_named && !result.findings.empty())
    return fmt::format("none of the {} requirements named was exercised ({})",
                       requirements_in(result.findings), result.findings.front().worst().message);
  const auto is_request = [](const MessageList::Place& place) { return place.is_request; };
  if (std::ranges::none_of(trace.messages.places(), is_request))
    return counted(seen, "response") + " and no request: one direction only?";
  return fmt::format("none of {} SIP messages exercises a requirement", seen);
}

}  // namespace sipharness::judge
