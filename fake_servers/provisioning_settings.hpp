#pragma once
// What a GRP26xx is set to for a scenario: each setting with its P-number and its alias, and its
// value in the words of either. Account 1 only.
// @source Grandstream's configuration templates for GRP firmware 1.0.3.6 (P-numbers) and 1.0.9.103
//   (aliases); GRP26xx administration guide (action URLs). Not measured on a phone.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/expected.hpp"
#include "harness/scenario/scenario.hpp"

namespace fake_servers {

struct PhoneSetting {
  std::string_view p;      ///< "P47"
  std::string_view alias;  ///< "account.1.sip.server.1.address"
  std::string p_value;
  std::string alias_value;
};

/// What the settings are made from.
struct PhoneConfiguration {
  const sipharness::scenario::Scenario& scenario;  ///< with addresses
  const sipharness::scenario::Profile& profile;    ///< configured
  std::optional<std::string> password;             ///< of the account; without: the phone keeps its
  sipharness::Endpoint harness;                    ///< where action URLs go, and who may drive it
};

/// Every setting, or why a GRP26xx cannot be set like that.
sipharness::Expected<std::vector<PhoneSetting>> settings_for(const PhoneConfiguration& wanted);

/// What a phone reports by its action URLs: "registered", "incomingCall", …
std::vector<std::string_view> action_url_events();

}  // namespace fake_servers
