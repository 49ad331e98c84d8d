#include "harness/observed/grants.hpp"

#include <algorithm>

#include "harness/observed/transaction.hpp"
#include "harness/sip/address.hpp"
#include "harness/sip/uri.hpp"

namespace sipharness::observed {
namespace {

bool lists(const sip::MessageView& response, std::string_view contact) {
  return std::ranges::any_of(response.headers(), [&](const sip::Header& header) {
    return header.id == sip::HeaderId::contact &&
           std::ranges::any_of(sip::parse_addresses(header.value), [&](const sip::Address& one) {
             return sip::same_uri(one.uri, contact);
           });
  });
}

}  // namespace

bool is_grant_known(const Phone& phone, const RegisterAttempt& attempt) {
  if (!attempt.ok || !attempt.granted) return false;
  const Transaction& last = transactions(phone)[attempt.transactions.back()];
  const sip::MessageView& response = phone.message(*last.final).sip;
  return response.expires().has_value() || lists(response, attempt.contact);
}

std::vector<const RegisterAttempt*> find_unknown_grants(const Phone& phone) {
  std::vector<const RegisterAttempt*> found;
  for (const RegisterAttempt& attempt : attempts(phone))
    if (attempt.granted && !is_grant_known(phone, attempt)) found.push_back(&attempt);
  return found;
}

}  // namespace sipharness::observed
