#pragma once
// The account's password as the profile gives it, and what of it the phone's credentials show.

#include <optional>
#include <string>

#include "harness/observed/credentials.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::observed {

std::optional<std::string> find_password(const Phone& phone);
/// Nothing if it is not available, or the profile is about another account than the phone's.
inline const std::optional<std::string>& password(const Phone& phone) {
  return phone.derived<find_password>();
}

/// The profile says that the account has a password, or the phone has sent credentials for the
/// realm before this message.
bool has_password_for(const Phone& phone, const std::string& realm, std::size_t before);

/// Computed from the password and the values beside it, of an algorithm that is known here.
bool is_response_right(const Phone& phone, const SentCredentials& sent);

/// No credentials of the phone verify, and the harness has not set its password: it may be another
/// one than the profile's.
bool may_have_another_password(const Phone& phone);

}  // namespace sipharness::observed
