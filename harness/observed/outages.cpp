#include "harness/observed/outages.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "harness/observed/client_transactions.hpp"
#include "harness/observed/connections.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/server_messages.hpp"

namespace sipharness::observed {
namespace {

/// A request, or an attempt to connect, that failed for want of a server.
struct Failure {
  ServerRole server = ServerRole::none;
  CaptureTime start;
};

std::vector<Failure> find_failures(const Phone& phone) {
  std::vector<Failure> found;
  for (const Transaction* request : client_transactions(phone)) {
    const CaptureTime start = start_of(phone, *request);
    const CaptureTime timeout = timeout_of(phone, *request);
    // OPTIONS are how a device may watch a server: a lost one is no outage.
    if (request->first_response || request->method == sip::Method::options) continue;
    const bool is_repeated = request->sends.size() > 2 || !is_unreliable(phone, *request);
    const bool has_timed_out = is_repeated && phone.trace.last >= timeout;
    if (has_timed_out || transport_failure(phone, request->server, start, timeout))
      found.push_back({request->server, start});
  }
  for (const ConnectionAttempt& attempt : connection_attempts(phone))
    if (attempt.has_failed(phone.trace.last, phone.profile.timers.sixty_four_t1()))
      found.push_back({attempt.server, attempt.syn});
  std::ranges::sort(found, {}, &Failure::start);
  return found;
}

}  // namespace

std::array<std::vector<Outage>, 3> find_seen_outages(const Phone& phone) {
  std::array<std::vector<Outage>, 3> found;
  for (const Failure& failure : find_failures(phone)) {
    if (failure.server == ServerRole::none) continue;
    std::vector<Outage>& outages = found[static_cast<std::size_t>(failure.server)];
    if (!outages.empty() && failure.start < outages.back().until) continue;
    const auto heard = next_heard(phone, failure.server, failure.start);
    outages.push_back({.server = failure.server,
                       .from = failure.start,
                       .until = heard.value_or(phone.trace.last),
                       .recovered = heard.has_value(),
                       .is_exact = false});
  }
  return found;
}

const std::vector<Outage>& outages(const Phone& phone, ServerRole server) {
  if (phone.trace.has_journal()) return phone.journal.outages(server);
  return phone.derived<find_seen_outages>()[static_cast<std::size_t>(server)];
}

bool is_out(const Phone& phone, ServerRole server, CaptureTime at) {
  const std::vector<Outage>& known = outages(phone, server);
  const auto next = std::ranges::upper_bound(known, at, {}, &Outage::from);
  if (next == known.begin()) return false;
  const Outage& last = *std::prev(next);
  return at < last.until || !last.recovered;
}

bool is_lost(const Phone& phone, ServerRole server, CaptureTime at) {
  return known_down(phone, server, at) || is_out(phone, server, at);
}

bool was_of_both(const Phone& phone, const Outage& outage) {
  const auto& others = phone.journal.outages(other(outage.server));
  const auto next = std::ranges::upper_bound(others, outage.from, {}, &Outage::until);
  return next != others.end() && next->recovered && next->from < outage.until;
}

}  // namespace sipharness::observed
