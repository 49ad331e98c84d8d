#include "harness/observed/next_nonces.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "harness/sip/named_header.hpp"

namespace sipharness::observed {
namespace {

/// policy: what the device sends within this may have been on its way before.
constexpr Duration under_way = 500ms;

/// Those that a later response replaced before they could be used stay without a next.
void find_uses(const Phone& phone, std::vector<NextNonce>& nonces) {
  std::map<std::pair<ServerRole, std::string_view>, NextNonce*> current;
  std::size_t reached = 0;
  for (const SentCredentials& sent : sent_credentials(phone)) {
    if (!sent.digest.values) continue;
    const Message& request = opening(phone, *sent.transaction);
    for (; reached < nonces.size() && phone.at(nonces[reached].response) + under_way <= request.at;
         ++reached)
      current[{nonces[reached].server, nonces[reached].realm}] = &nonces[reached];
    const auto awaited = current.find({sent.transaction->server, sent.digest.values->realm});
    if (awaited == current.end()) continue;
    awaited->second->next = &sent;
    current.erase(awaited);
  }
}

/// The only ones of their request: what its 2xx says is about them.
bool are_alone(const std::vector<SentCredentials>& all, std::size_t index) {
  const auto is_same = [&](std::size_t other) {
    return other < all.size() && all[other].transaction == all[index].transaction;
  };
  return !is_same(index - 1) && !is_same(index + 1);
}

}  // namespace

std::vector<NextNonce> find_next_nonces(const Phone& phone) {
  std::vector<NextNonce> nonces;
  const std::vector<SentCredentials>& all = sent_credentials(phone);
  for (std::size_t index = 0; index < all.size(); ++index) {
    const Transaction& transaction = *all[index].transaction;
    if (!transaction.final || !all[index].digest.values || !are_alone(all, index)) continue;
    const sip::MessageView& response = phone.message(*transaction.final).sip;
    if (!response.is_success()) continue;
    if (const auto nonce =
            sip::parse_next_nonce(sip::header_named(response, sip::authentication_info)))
      nonces.push_back(
          {transaction.server, all[index].digest.values->realm, *nonce, *transaction.final});
  }
  std::ranges::sort(nonces, {}, &NextNonce::response);
  find_uses(phone, nonces);
  return nonces;
}

Evidence evidence_of(const Phone& phone, const NextNonce& one) {
  const Message& response = phone.message(one.response);
  Evidence evidence{one.server, response.sip.call_id(), {one.response}};
  if (one.next != nullptr)
    evidence.messages.push_back(opening(phone, *one.next->transaction).index);
  return evidence;
}

}  // namespace sipharness::observed
