// Subscriptions and outages of a phone.

#include "harness/observed/subscriptions.hpp"

#include "harness/observed/outages.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/story/chapters.hpp"

namespace sipharness::story {
namespace {

Subscription tell_subscription(const observed::Phone& phone, const observed::Subscription& one) {
  Subscription told;
  told.server = one.server;
  told.event = one.event;
  told.subscribes = one.asked.size();
  told.notifies = one.notified.size();
  const auto& first = one.asked.empty() ? one.notified : one.asked;
  if (!first.empty()) told.sent = moment_of(phone, first.front()->sends.front());
  if (one.initial < one.asked.size()) {
    const observed::Transaction& initial = *one.asked[one.initial];
    if (initial.final) told.status = phone.message(*initial.final).sip.status();
    if (acceptance(phone, initial) != nullptr) told.granted = granted_by(phone, initial);
  }
  if (!one.notified.empty())
    told.state = observed::state_in(opening(phone, *one.notified.back()).sip).word;
  return told;
}

}  // namespace

std::vector<Subscription> tell_subscriptions(const observed::Phone& phone) {
  std::vector<Subscription> told;
  for (const observed::Subscription& one : subscriptions(phone))
    told.push_back(tell_subscription(phone, one));
  return told;
}

std::vector<Outage> tell_outages(const observed::Phone& phone) {
  std::vector<Outage> told;
  for (const ServerRole server : {ServerRole::primary, ServerRole::secondary})
    for (const observed::Outage& one : outages(phone, server))
      told.push_back(
          {one.server, one.from, one.until, one.recovered, one.port_closed, one.is_exact});
  return told;
}

}  // namespace sipharness::story
