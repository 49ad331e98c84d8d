#include "harness/story/story.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/observed/journal_facts.hpp"
#include "harness/observed/missing_messages.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/subscriptions.hpp"
#include "harness/story/chapters.hpp"
#include "harness/trace/parts.hpp"

namespace sipharness::story {
namespace {

Party party_of(const trace::Server& server) {
  return {.part = std::string(to_string(server.role)),
          .name = {},
          .account = {},
          .addresses = {server.endpoint.text()},
          .user_agent = {},
          .known = describe(server.known)};
}

Party party_of(const trace::Device& device) {
  const bool is_plain = part_of(device) == "device" || !(device.under_test || device.is_stranger);
  Party party{.part = is_plain ? "phone" : std::string(part_of(device)),
              .name = device.name,
              .account = device.user,
              .addresses = {},
              .user_agent = device.user_agent,
              .under_test = device.under_test,
              .known = describe(device.known)};
  for (const Endpoint& address : device.addresses) party.addresses.push_back(address.text());
  return party;
}

Party party_of(const trace::Bystander& bystander) {
  return {.part = std::string(bystander.part),
          .name = {},
          .account = {},
          .addresses = {bystander.endpoint.text()},
          .user_agent = {},
          .under_test = false,
          .known = describe(trace::Known{.why = bystander.why})};
}

void count_messages(const trace::Trace& trace, Story& story) {
  std::map<std::string, std::uint64_t, std::less<>> requests;
  std::map<int, std::uint64_t> responses;
  for (const trace::Message& message : trace.messages) {
    if (message.sip.is_response())
      ++responses[message.sip.status()];
    else if (const auto known = requests.find(message.sip.method_text()); known != requests.end())
      ++known->second;
    else
      requests.emplace(message.sip.method_text(), 1);
  }
  for (const auto& [method, count] : requests) story.requests.push_back({method, count});
  std::ranges::stable_sort(story.requests, std::greater{}, &Count::count);
  for (const auto& [status, count] : responses)
    story.responses.push_back({std::to_string(status), count});
}

Phone tell_phone(const observed::Phone& phone) {
  const trace::Device& device = phone.trace.devices[phone.device];
  Phone told{.name = device.name,
             .account = device.user,
             .under_test = device.under_test,
             .registrations = tell_registrations(phone),
             .calls = tell_calls(phone),
             .subscriptions = tell_subscriptions(phone),
             .unasked_notifies = unasked_notifies(phone).size(),
             .outages = tell_outages(phone),
             .missing = {},
             .timers = tell_timers(phone)};
  if (!phone.trace.has_journal())
    for (const observed::MissingMessage& missing : missing_messages(phone))
      told.missing.push_back({moment_of(phone, missing.shown_by), missing.what});
  return told;
}

}  // namespace

Moment moment_of(const observed::Phone& phone, std::size_t message) {
  return {phone.at(message), phone.message(message).frame};
}

Overview overview_of(const trace::Trace& trace) {
  Overview overview{.frames = trace.counts.frames,
                    .sip_messages = trace.messages.size(),
                    .first = trace.first,
                    .last = trace.last,
                    .zero = trace.zero,
                    .has_journal = trace.has_journal(),
                    .parties = {},
                    .guesses = {},
                    .faults = trace.health.texts(),
                    .remarks = trace.remarks,
                    .vantage = std::string(to_string(trace.vantage))};
  for (const trace::Server& server : trace.servers) overview.parties.push_back(party_of(server));
  for (const trace::Device& device : trace.devices) overview.parties.push_back(party_of(device));
  for (const trace::Bystander& one : trace.bystanders) overview.parties.push_back(party_of(one));
  for (const trace::OtherRoles& roles : trace.other_roles)
    overview.guesses.push_back(fmt::format("{}; {}", roles.taken, roles.option));
  if (trace.messages.empty())
    overview.remarks.push_back(trace.census.instead_of_sip(trace.counts.frames));
  return overview;
}

Story tell(const trace::Trace& trace, const scenario::Profile& profile,
           const scenario::Scenario* scenario, const std::set<std::string>& wanted) {
  Story story;
  story.overview = overview_of(trace);
  count_messages(trace, story);
  const observed::JournalFacts journal(trace);
  for (std::size_t device = 0; device < trace.devices.size(); ++device)
    if (wanted.empty() || wanted.contains(trace.devices[device].name))
      story.phones.push_back(
          tell_phone(observed::Phone(trace, journal, profile, scenario, device)));
  story.hints = tell_hints(trace);
  story.left_out = tell_left_out(trace);
  return story;
}

}  // namespace sipharness::story
