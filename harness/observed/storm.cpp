#include "harness/observed/storm.hpp"

#include <algorithm>
#include <ranges>

#include "harness/observed/outages.hpp"
#include "harness/observed/register_transactions.hpp"
#include "harness/observed/registration.hpp"

namespace sipharness::observed {
namespace {

void add_registers(const Phone& phone, ServerRole server, StormShare& share) {
  for (const RegistersAtServer& here : registers_by_server(phone)) {
    if (here.server != server) continue;
    for (const Transaction* request : here.registers)
      for (const std::size_t send : request->sends) share.registers.push_back(phone.at(send));
  }
}

void add_waits(const Phone& phone, ServerRole server, StormShare& share) {
  for (const AttemptPair& pair : attempt_pairs(phone)) {
    if (pair.before->server != server || pair.after == nullptr) continue;
    const auto failed = pair.before->failed_at();
    if (failed && pair.after->start > *failed) share.waits.push_back(pair.after->start - *failed);
  }
}

void add_return(const Phone& phone, ServerRole server, StormShare& share) {
  const auto& all = outages(phone, server);
  const auto ended = std::ranges::find_if(std::views::reverse(all), &Outage::recovered);
  if (ended == all.rend()) return;
  const auto& tried = attempts_at(phone, server);
  share.is_due_back = std::ranges::any_of(tried, [&](const RegisterAttempt* attempt) {
    return attempt->ok && *attempt->ok < ended->from && !attempt->unregister;
  });
  const auto back = std::ranges::find_if(tried, [&](const RegisterAttempt* attempt) {
    return attempt->ok && *attempt->ok >= ended->until && !attempt->unregister;
  });
  if (back != tried.end()) share.back = *(*back)->ok - ended->until;
}

}  // namespace

StormShare storm_share(const Phone& phone, ServerRole server) {
  StormShare share;
  add_registers(phone, server, share);
  add_waits(phone, server, share);
  add_return(phone, server, share);
  share.lapsed = std::ranges::any_of(bindings(phone), [&](const Binding& binding) {
    return binding.server == server && has_lapsed(phone, binding);
  });
  return share;
}

}  // namespace sipharness::observed
