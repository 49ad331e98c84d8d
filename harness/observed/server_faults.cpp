#include "harness/observed/server_faults.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "harness/observed/connections.hpp"
#include "harness/observed/credentials.hpp"
#include "harness/observed/idle_resets.hpp"
#include "harness/observed/journal_facts.hpp"
#include "harness/observed/outages.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/transaction.hpp"

namespace sipharness::observed {
namespace {

/// A 401 or 407 to a REGISTER without credentials asks for them and refuses nothing.
bool is_refused(const Phone& phone, const RegisterAttempt& attempt) {
  if (attempt.status != 401 && attempt.status != 407) return attempt.status >= 300;
  const Transaction& last = transactions(phone)[attempt.transactions.back()];
  return !credentials_in(opening(phone, last).sip).empty();
}

/// OPTIONS are how a device may watch a server; losing them is no trouble for what it does there,
/// and a server that is gone is seen by what else it leaves unanswered.
bool is_keep_alive(const Message& message) {
  return message.sip.is_request() && message.sip.method() == sip::Method::options;
}

using TimesByServer = std::array<std::vector<CaptureTime>, 3>;  ///< sorted

/// What a capture without a journal shows of a server that is not there.
void add_unjournalled_faults(const Phone& phone, TimesByServer& times) {
  for (const Transaction& transaction : transactions(phone))
    if (!transaction.first_response && transaction.direction == Direction::from_device &&
        transaction.method != sip::Method::options)
      times[static_cast<std::size_t>(transaction.server)].push_back(opening(phone, transaction).at);
  for (const TransportFailure& failure : phone.transport_failures)
    if (!is_idle_reset(phone, failure))
      times[static_cast<std::size_t>(failure.server)].push_back(failure.at);
}

/// All faults but outages.
TimesByServer find_fault_times(const Phone& phone) {
  TimesByServer times;
  for (const ServerRole server : both_servers)
    times[static_cast<std::size_t>(server)] = phone.journal.faults(server);
  for (const Message& message : phone.messages)
    if (message.ignored && !is_keep_alive(message))
      times[static_cast<std::size_t>(message.server)].push_back(message.at);
  for (const RegisterAttempt& attempt : attempts(phone)) {
    if (is_refused(phone, attempt))
      times[static_cast<std::size_t>(attempt.server)].push_back(*attempt.end);
    else if (attempt.fail && transactions(phone)[attempt.transactions.back()].first_response)
      times[static_cast<std::size_t>(attempt.server)].push_back(attempt.start);
  }
  if (!phone.trace.has_journal()) add_unjournalled_faults(phone, times);
  for (std::vector<CaptureTime>& of_server : times) std::ranges::sort(of_server);
  return times;
}

/// When the phone sent something to a server, or tried to connect.
TimesByServer find_times_sent(const Phone& phone) {
  TimesByServer times;
  for (const Message& message : phone.messages)
    if (message.from_device() && !is_keep_alive(message))
      times[static_cast<std::size_t>(message.server)].push_back(message.at);
  for (const ConnectionAttempt& attempt : connection_attempts(phone))
    times[static_cast<std::size_t>(attempt.server)].push_back(attempt.syn);
  for (std::vector<CaptureTime>& of_server : times) std::ranges::sort(of_server);
  return times;
}

/// By server, the outages that mattered to the phone: what was over before it sent anything did
/// not.
std::array<std::vector<Outage>, 3> find_outages_that_mattered(const Phone& phone) {
  std::array<std::vector<Outage>, 3> found;
  for (const ServerRole server : both_servers) {
    const auto role = static_cast<std::size_t>(server);
    const std::vector<CaptureTime>& sent = phone.derived<find_times_sent>()[role];
    for (const Outage& outage : outages(phone, server)) {
      const auto next = std::ranges::lower_bound(sent, outage.from);
      const bool was_met = next != sent.end() && *next <= outage.until;
      if (was_met || !outage.recovered) found[role].push_back(outage);
    }
  }
  return found;
}

using TimeByServer = std::array<std::optional<CaptureTime>, 3>;

TimeByServer find_first_refused_streams(const Phone& phone) {
  TimeByServer first;
  for (const TransportFailure& failure : phone.transport_failures) {
    auto& at = first[static_cast<std::size_t>(failure.server)];
    if (failure.transport == Transport::tcp && !at) at = failure.at;
  }
  return first;
}

}  // namespace

ServerRole other(ServerRole server) {
  return server == ServerRole::primary ? ServerRole::secondary : ServerRole::primary;
}

bool has_both_servers(const Phone& phone) {
  return phone.trace.has_server(ServerRole::primary) &&
         phone.trace.has_server(ServerRole::secondary);
}

namespace {

std::string find_lone_server(const Phone& phone) {
  if (phone.trace.has_journal() || phone.trace.servers.empty() || has_both_servers(phone))
    return {};
  std::string addresses;
  for (const trace::Server& server : phone.trace.servers)
    addresses += (addresses.empty() ? "" : ", ") + server.endpoint.text();
  return fmt::format(
      "one server only, {}: redundancy cannot be judged; was the other one captured? is it "
      "configured? --secondary names it",
      addresses);
}

}  // namespace

const std::string& lone_server(const Phone& phone) {
  return phone.derived<find_lone_server>();
}

std::optional<CaptureTime> first_fault(const Phone& phone, ServerRole server) {
  return next_fault(phone, server, CaptureTime::min());
}

std::optional<CaptureTime> next_fault(const Phone& phone, ServerRole server, CaptureTime from) {
  std::optional<CaptureTime> earliest;
  const auto& times = phone.derived<find_fault_times>()[static_cast<std::size_t>(server)];
  const auto next = std::ranges::lower_bound(times, from);
  if (next != times.end()) earliest = *next;
  const auto& known = phone.derived<find_outages_that_mattered>()[static_cast<std::size_t>(server)];
  const auto outage = std::ranges::upper_bound(known, from, {}, &Outage::until);
  if (outage != known.end()) {
    const CaptureTime begun = std::max(outage->from, from);
    earliest = std::min(earliest.value_or(begun), begun);
  }
  return earliest;
}

std::optional<CaptureTime> possible_outage(const Phone& phone, ServerRole server, CaptureTime from,
                                           CaptureTime until) {
  const auto fault = next_fault(phone, server, from);
  return fault && *fault < until ? fault : unexplained_reset(phone, server, from, until);
}

std::optional<CaptureTime> transport_failure(const Phone& phone, ServerRole server,
                                             CaptureTime from, CaptureTime until) {
  const auto& failures = phone.transport_failures;
  for (auto failure = std::ranges::lower_bound(failures, from, {}, &TransportFailure::at);
       failure != failures.end() && failure->at <= until; ++failure)
    if (failure->server == server) return failure->at;
  return std::nullopt;
}

std::optional<CaptureTime> reset_of(const Phone& phone, const Transaction& request,
                                    CaptureTime until) {
  const Message& sent = opening(phone, request);
  if (sent.transport != Transport::tcp) return std::nullopt;
  const auto& failures = phone.transport_failures;
  for (auto failure = std::ranges::upper_bound(failures, sent.at, {}, &TransportFailure::at);
       failure != failures.end() && failure->at <= until; ++failure)
    if (failure->transport == Transport::tcp && failure->device == sent.source &&
        failure->server == request.server)
      return failure->at;
  return std::nullopt;
}

std::optional<CaptureTime> first_refused_stream(const Phone& phone, ServerRole server) {
  return phone.derived<find_first_refused_streams>()[static_cast<std::size_t>(server)];
}

}  // namespace sipharness::observed
