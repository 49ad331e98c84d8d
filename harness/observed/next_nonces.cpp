#include "harness/observed/next_nonces.hpp"

#include <algorithm>
#include <map>

#include "harness/sip/named_header.hpp"

namespace sipharness::observed {
namespace {

/// policy: what the device sends within this may have been on its way before.
constexpr Duration under_way = 500ms;

/// Those that a later response replaced before they could be used stay without a next.
void find_uses(const Phone& phone, std::vector<NextNonce>& nonces) {
  std::map<ServerRole, NextNonce*> current;
  std::size_t reached = 0;
  for (const SentCredentials& sent : sent_credentials(phone)) {
    const Message& request = opening(phone, *sent.transaction);
    for (; reached < nonces.size() && phone.at(nonces[reached].response) + under_way <= request.at;
         ++reached)
      current[nonces[reached].server] = &nonces[reached];
    if (NextNonce*& awaited = current[sent.transaction->server]; awaited != nullptr) {
      awaited->next = &sent;
      awaited = nullptr;
    }
  }
}

}  // namespace

std::vector<NextNonce> find_next_nonces(const Phone& phone) {
  std::vector<NextNonce> nonces;
  for (const Transaction& transaction : transactions(phone)) {
    if (transaction.direction != Direction::from_device || !transaction.final) continue;
    const sip::MessageView& response = phone.message(*transaction.final).sip;
    if (!response.is_success()) continue;
    if (const auto nonce =
            sip::parse_next_nonce(sip::header_named(response, sip::authentication_info)))
      nonces.push_back({transaction.server, *nonce, *transaction.final});
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
