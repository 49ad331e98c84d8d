#include "harness/observed/split_requests.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "harness/base/hash_index.hpp"
#include "harness/observed/call_numbers.hpp"
#include "harness/observed/client_transactions.hpp"
#include "harness/observed/server_faults.hpp"

namespace sipharness::observed {
namespace {

using sip::HeaderId;

/// What a copy has in common with the request, its branch apart. A request that was challenged out
/// of sight comes back with credentials.
bool same_request(const Message& a, const Message& b) {
  const auto same_header = [&](HeaderId header) {
    return a.sip.header(header) == b.sip.header(header);
  };
  return a.sip.method() == b.sip.method() && a.sip.call_id() == b.sip.call_id() &&
         a.sip.cseq() == b.sip.cseq() && a.sip.from_tag() == b.sip.from_tag() &&
         a.sip.to_tag() == b.sip.to_tag() && a.sip.request_uri() == b.sip.request_uri() &&
         std::ranges::all_of(std::array{HeaderId::authorization, HeaderId::proxy_authorization},
                             same_header);
}

/// On a stream the same connection.
bool same_way(const Message& a, const Message& b) {
  return a.destination == b.destination && a.transport == b.transport &&
         (a.transport == Transport::udp || a.source == b.source);
}

/// A proxy makes a branch for each of its targets.
bool is_of_user_agent(const Message& request) {
  return !request.sip.has_several_vias();
}

/// What the parts of a split request have in common.
struct RequestNumber {
  std::uint32_t call = 0;  ///< number of its Call-ID
  sip::Method method = sip::Method::unknown;
  std::uint32_t cseq = 0;
  bool operator==(const RequestNumber&) const = default;
  std::uint64_t hash() const {
    return (std::uint64_t{call} << 32U | cseq) * 0x9e3779b97f4a7c15U +
           static_cast<std::uint64_t>(method);
  }
};

RequestNumber key_of(const Phone& phone, const Transaction& transaction) {
  const Message& request = opening(phone, transaction);
  return {call_numbers(phone)[request], transaction.method, request.sip.cseq()};
}

}  // namespace

bool is_on_new_branch(const Phone& phone, const Transaction& before, const Transaction& next) {
  const Message& first = opening(phone, before);
  const Message& second = opening(phone, next);
  const bool was_answered = before.first_response && phone.at(*before.first_response) < second.at;
  return same_request(first, second) && same_way(first, second) && is_of_user_agent(second) &&
         first.sip.branch() != second.sip.branch() && !was_answered &&
         second.at < timeout_of(phone, before) &&
         !transport_failure(phone, before.server, first.at, second.at);
}

std::vector<SplitRequest> find_split_requests(const Phone& phone) {
  const auto& all = client_transactions(phone);
  HashIndex newest;                                             // of each request number
  std::unordered_map<const Transaction*, SplitRequest> chains;  // by their newest part
  for (std::uint32_t number = 0; number < all.size(); ++number) {
    const Transaction* transaction = all[number];
    const RequestNumber key = key_of(phone, *transaction);
    const auto known = newest.find(
        key.hash(), [&](std::uint32_t other) { return key_of(phone, *all[other]) == key; });
    if (known) newest.remove(key.hash(), *known);
    newest.add(key.hash(), number);
    if (!known) continue;
    const Transaction* before = all[*known];
    if (!is_on_new_branch(phone, *before, *transaction)) continue;
    auto chain = chains.extract(before);
    SplitRequest parts = chain ? std::move(chain.mapped()) : SplitRequest{before};
    parts.push_back(transaction);
    chains.emplace(transaction, std::move(parts));
  }
  std::vector<SplitRequest> found;
  for (auto& [newest_part, parts] : chains) found.push_back(std::move(parts));
  std::ranges::sort(found, {},
                    [](const SplitRequest& parts) { return parts.front()->sends.front(); });
  return found;
}

std::unordered_set<const Transaction*> find_parts_of_series(const Phone& phone) {
  std::unordered_set<const Transaction*> found;
  for (const SplitRequest& split : split_requests(phone))
    if (split.size() > 2) found.insert(split.begin(), split.end());
  return found;
}

bool is_of_split_series(const Phone& phone, const Transaction& transaction) {
  return phone.derived<find_parts_of_series>().contains(&transaction);
}

Evidence evidence_of(const Phone& phone, const SplitRequest& split) {
  Evidence evidence = evidence_of(phone, *split.front());
  for (std::size_t part = 1; part < split.size(); ++part)
    evidence.messages.insert(evidence.messages.end(), split[part]->sends.begin(),
                             split[part]->sends.end());
  return evidence;
}

}  // namespace sipharness::observed
