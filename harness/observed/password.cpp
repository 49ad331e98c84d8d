#include "harness/observed/password.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_map>

namespace sipharness::observed {
namespace {

/// A run gives all its devices one password; the profile of a capture says one account's alone.
bool has_another_account(const Phone& phone) {
  const scenario::Account& account = phone.profile.account;
  if (phone.trace.has_journal() || account.is_any() || phone.trace.devices.empty()) return false;
  return phone.trace.devices[phone.device].user != account.user;
}

/// By realm, the message that first carried credentials for it.
using FirstCredentials = std::unordered_map<std::string, std::size_t>;

FirstCredentials find_first_credentials(const Phone& phone) {
  FirstCredentials first;
  for (const SentCredentials& sent : sent_credentials(phone))
    if (sent.digest.values && !sent.digest.values->response.empty())
      first.try_emplace(sent.digest.values->realm, sent.transaction->sends.front());
  return first;
}

bool find_any_right_response(const Phone& phone) {
  return std::ranges::any_of(sent_credentials(phone), [&](const SentCredentials& sent) {
    return is_response_right(phone, sent);
  });
}

}  // namespace

std::optional<std::string> find_password(const Phone& phone) {
  if (has_another_account(phone)) return std::nullopt;
  return scenario::resolve(phone.profile.account.password);
}

bool has_password_for(const Phone& phone, const std::string& realm, std::size_t before) {
  if (phone.profile.account.password && !has_another_account(phone)) return true;
  const FirstCredentials& first = phone.derived<find_first_credentials>();
  const auto sent = first.find(realm);
  return sent != first.end() && sent->second < before;
}

bool is_response_right(const Phone& phone, const SentCredentials& sent) {
  return password(phone) && sent.digest.values &&
         sip::verify_credentials(*sent.digest.values, *password(phone),
                                 opening(phone, *sent.transaction).sip.method_text());
}

bool may_have_another_password(const Phone& phone) {
  const std::string& kind = phone.profile.kind;
  const bool is_set_by_hand = kind == "external" || (kind == "phone" && !phone.trace.has_journal());
  return is_set_by_hand && !phone.derived<find_any_right_response>();
}

}  // namespace sipharness::observed
