#include "harness/observed/credentials.hpp"

#include <charconv>
#include <unordered_map>
#include <utility>

#include "harness/sip/auth/auth_parameters.hpp"

namespace sipharness::observed {
namespace {

using sip::HeaderId;

using FirstUses = std::unordered_map<std::string, const Transaction*>;

FirstUses find_first_uses(const Phone& phone) {
  FirstUses first_uses;
  for (const SentCredentials& sent : sent_credentials(phone))
    if (sent.digest.values) first_uses.emplace(sent.digest.values->nonce, sent.transaction);
  return first_uses;
}

/// The count of credentials with qop.
std::optional<std::uint32_t> counted_use(const DigestCredentials& digest) {
  if (!digest.values || digest.values->qop.empty()) return std::nullopt;
  return nonce_count(*digest.values);
}

using CountsByNonce = std::unordered_map<std::string, std::set<std::uint32_t>>;

/// An ACK should repeat its INVITE's credentials (AUTH-07), but one of its own is a use too.
CountsByNonce find_counts_in_acks(const Phone& phone) {
  CountsByNonce counts;
  for (const Message& message : phone.messages) {
    const bool is_ack = message.sip.is_request() && message.sip.method() == sip::Method::ack;
    if (!is_ack || !message.from_device()) continue;
    for (const DigestCredentials& digest : credentials_in(message.sip))
      if (const auto count = counted_use(digest)) counts[digest.values->nonce].insert(*count);
  }
  return counts;
}

}  // namespace

std::vector<DigestCredentials> credentials_in(const sip::MessageView& request) {
  std::vector<DigestCredentials> found;
  if (!request.has(sip::HeaderId::authorization) &&
      !request.has(sip::HeaderId::proxy_authorization))
    return found;
  for (const sip::Header& header : request.headers()) {
    if (header.id != sip::HeaderId::authorization &&
        header.id != sip::HeaderId::proxy_authorization)
      continue;
    const std::string value = sip::unfold(header.value);
    if (!sip::digest_parameters(value)) continue;
    auto credentials = sip::parse_credentials(value);
    // An empty nonce answers no challenge: it only names the user (3GPP TS 24.229 §5.1.1.2).
    if (!credentials || !credentials->nonce.empty())
      found.push_back({header.id, std::move(credentials)});
  }
  return found;
}

std::vector<SentCredentials> find_sent_credentials(const Phone& phone) {
  std::vector<SentCredentials> found;
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.direction != Direction::from_device ||
        transaction.method == sip::Method::cancel)
      continue;
    for (DigestCredentials& digest : credentials_in(opening(phone, transaction).sip))
      found.push_back({&transaction, std::move(digest)});
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const SentCredentials& sent) {
  return evidence_of(phone, opening(phone, *sent.transaction));
}

const Transaction* first_use_of(const Phone& phone, const std::string& nonce) {
  const FirstUses& first_uses = phone.derived<find_first_uses>();
  const auto found = first_uses.find(nonce);
  return found == first_uses.end() ? nullptr : found->second;
}

std::optional<std::uint32_t> nonce_count(const sip::Credentials& credentials) {
  const std::string& nc = credentials.nc;
  std::uint32_t count = 0;
  const char* const end = nc.data() + nc.size();
  const auto [stop, failure] = std::from_chars(nc.data(), end, count, 16);
  if (nc.size() != 8 || failure != std::errc() || stop != end) return std::nullopt;
  return count;
}

std::vector<NonceUses> find_nonce_uses(const Phone& phone) {
  CountsByNonce counts = find_counts_in_acks(phone);
  std::map<std::pair<ServerRole, std::string>, NonceUses> by_server;
  for (const SentCredentials& sent : sent_credentials(phone)) {
    const auto count = counted_use(sent.digest);
    if (!count) continue;
    NonceUses& uses = by_server[{sent.transaction->server, sent.digest.values->nonce}];
    uses.uses.push_back({sent.transaction, *count});
    ++uses.times[*count];
    counts[sent.digest.values->nonce].insert(*count);
  }
  std::vector<NonceUses> found;
  for (auto& [where, uses] : by_server) {
    uses.server = where.first;
    uses.nonce = where.second;
    uses.used_anywhere = counts[uses.nonce];
    found.push_back(std::move(uses));
  }
  return found;
}

Evidence evidence_of(const Phone& phone, const NonceUses& uses) {
  return evidence_of(phone, opening(phone, *uses.uses.front().transaction));
}

std::multiset<std::string> credentials_of(const sip::MessageView& request) {
  std::multiset<std::string> values;
  for (const sip::Header& header : request.headers())
    if (header.id == sip::HeaderId::authorization ||
        header.id == sip::HeaderId::proxy_authorization)
      values.insert(sip::unfold(header.value));
  return values;
}

}  // namespace sipharness::observed
