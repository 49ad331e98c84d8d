#include "harness/observed/register_transactions.hpp"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <iterator>
#include <map>
#include <string_view>
#include <unordered_set>

#include "harness/observed/actions.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/phone.hpp"
#include "harness/observed/register_answers.hpp"
#include "harness/observed/registration.hpp"
#include "harness/observed/server_faults.hpp"
#include "harness/observed/tolerances.hpp"
#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

using sip::Method;

using ByServer = std::array<std::vector<const Transaction*>, 3>;

/// No answer, or 503. @source RFC 3263 §4.3
bool may_try_the_next(const Phone& phone, const Transaction& failed) {
  return !failed.final || phone.message(*failed.final).sip.status() == 503;
}

ByServer find_register_transactions_at(const Phone& phone) {
  ByServer found;
  for (const Transaction* transaction : register_transactions(phone))
    found[static_cast<std::size_t>(transaction->server)].push_back(transaction);
  return found;
}

ByServer find_new_requests(const Phone& phone) {
  ByServer found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.direction == Direction::from_device && transaction.method != Method::cancel &&
        opening(phone, transaction).sip.to_tag().empty())
      found[static_cast<std::size_t>(transaction.server)].push_back(&transaction);
  return found;
}

struct RegistrationKey {
  ServerRole server = ServerRole::none;
  std::string_view domain;  ///< of the address of record
  std::string_view flow;    ///< its reg-id, if it has one
  auto operator<=>(const RegistrationKey&) const = default;
};

RegistrationKey registration_key(const Message& request) {
  RegistrationKey key;
  key.server = request.server;
  const auto account = sip::parse_address(request.sip.header(sip::HeaderId::to));
  if (const auto uri = account ? sip::parse_uri(account->uri) : std::nullopt)
    key.domain = uri->host;
  key.flow = flow_of(request.sip);
  return key;
}

}  // namespace

std::vector<const Transaction*> find_register_transactions(const Phone& phone) {
  std::vector<const Transaction*> found;
  for (const Transaction& transaction : transactions(phone))
    if (transaction.method == Method::register_ && transaction.direction == Direction::from_device)
      found.push_back(&transaction);
  return found;
}

std::vector<CaptureTime> find_registration_beginnings(const Phone& phone) {
  std::unordered_set<std::uint32_t> known;
  std::vector<CaptureTime> found;
  for (const Transaction* registration : register_transactions(phone)) {
    const Message& request = opening(phone, *registration);
    if (known.insert(call_numbers(phone)[request]).second) found.push_back(request.at);
  }
  return found;
}

std::array<RegistersAtServer, 2> find_registers_by_server(const Phone& phone) {
  const ByServer& all = phone.derived<find_register_transactions_at>();
  return {RegistersAtServer{ServerRole::primary, all[1]},
          RegistersAtServer{ServerRole::secondary, all[2]}};
}

std::vector<RegistersAtServer> find_registers_by_registration(const Phone& phone) {
  std::vector<RegistersAtServer> found;
  std::map<RegistrationKey, std::size_t> places;
  for (const Transaction* registration : register_transactions(phone)) {
    if (registration->server == ServerRole::none) continue;
    const auto [place, is_new] =
        places.emplace(registration_key(opening(phone, *registration)), found.size());
    if (is_new) found.push_back({registration->server, {}});
    found[place->second].registers.push_back(registration);
  }
  std::ranges::stable_sort(found, {}, &RegistersAtServer::server);
  return found;
}

CseqNumbers find_register_numbers(const Phone& phone) {
  return CseqNumbers(phone, Method::register_);
}

const Transaction* next_register_at_server(const Phone& phone, const Transaction& before) {
  const auto& registers =
      phone.derived<find_register_transactions_at>()[static_cast<std::size_t>(before.server)];
  // All point into one vector: their order is the order of time.
  auto next = std::ranges::upper_bound(registers, &before);
  if (before.final)
    next = std::ranges::upper_bound(
        next, registers.end(), *before.final, {},
        [](const Transaction* transaction) { return transaction->sends.front(); });
  return next == registers.end() ? nullptr : *next;
}

std::vector<AttemptPair> find_attempt_pairs(const Phone& phone) {
  std::vector<AttemptPair> found;
  for (const ServerRole server : both_servers) {
    const auto& attempts = attempts_at(phone, server);
    for (std::size_t i = 0; i < attempts.size(); ++i)
      found.push_back({attempts[i], i + 1 < attempts.size() ? attempts[i + 1] : nullptr});
  }
  return found;
}

const Transaction* first_new_request(const Phone& phone, ServerRole server, CaptureTime from,
                                     CaptureTime until) {
  const auto& requests = phone.derived<find_new_requests>()[static_cast<std::size_t>(server)];
  const auto start = [&](const Transaction* request) { return opening(phone, *request).at; };
  const auto next = std::ranges::upper_bound(requests, from, {}, start);
  return next == requests.end() || start(*next) >= until ? nullptr : *next;
}

Evidence evidence_of(const Phone& /*phone*/, const RegistersAtServer& at) {
  return {at.server, {}, {}};
}

Evidence evidence_of(const Phone& phone, const AttemptPair& pair) {
  return evidence_of(phone, *pair.before);
}

bool is_at_next_address(const Phone& phone, const Transaction& before, const Transaction& next) {
  const Message& failed = opening(phone, before);
  const Message& request = opening(phone, next);
  return may_try_the_next(phone, before) && request.sip.cseq() == failed.sip.cseq() &&
         request.destination != failed.destination;
}

bool has_failed_elsewhere(const Phone& phone, const Transaction& next) {
  const auto& registers =
      phone.derived<find_register_transactions_at>()[static_cast<std::size_t>(next.server)];
  // All point into one vector: their order is the order of time.
  const auto place = std::ranges::lower_bound(registers, &next);
  if (place == registers.begin()) return false;
  const Transaction& before = **std::prev(place);
  return may_try_the_next(phone, before) &&
         opening(phone, before).destination != opening(phone, next).destination;
}

bool has_new_contact(const Message& earlier, const Message& later) {
  const auto before = contacts_in(earlier.sip);
  return std::ranges::any_of(contacts_in(later.sip), [&](const sip::Address& contact) {
    return contact.uri != "*" && std::ranges::none_of(before, [&](const sip::Address& known) {
             return sip::same_uri(known.uri, contact.uri);
           });
  });
}

bool overlaps(const Phone& phone, const Transaction& before, const Message& next) {
  const Duration timeout = phone.profile.timers.sixty_four_t1();
  const Duration early = timer_tolerance(phone, timeout).value / 2;
  const CaptureTime start = opening(phone, before).at;
  const bool answered = before.final && phone.at(*before.final) <= next.at;
  return next_power_change(phone, start) > next.at && !answered &&
         next.at < start + timeout - early &&
         !transport_failure(phone, before.server, start, next.at);
}

}  // namespace sipharness::observed
