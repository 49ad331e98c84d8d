#pragma once
// What a device is: claims, defaults, limits, tolerances (ETSI's PICS and PIXIT). A value, read
// from a profile file; checks take every tolerance from here and never widen it.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/base/expected.hpp"
#include "harness/scenario/drive.hpp"
#include "harness/sip/timers.hpp"

namespace sipharness::scenario {

/// max(absolute, percent of the interval). @source requirements: "tolerances"
struct RelativeTolerance {
  Duration absolute{};
  double percent = 0;
  Duration of(Duration interval) const {
    return std::max(absolute, from_seconds(to_seconds(interval) * percent / 100));
  }
  bool operator==(const RelativeTolerance&) const = default;
};

struct Tolerances {
  RelativeTolerance timer{20ms, 2};            ///< late side; the early side is half of it
  Duration fo_grace = 200ms;                   ///< from a timer's expiry to the next action
  RelativeTolerance registration{100ms, 0.5};  ///< tol_reg, of the granted expiry
  Duration overlap = 50ms;
  Duration nodup = 500ms;
  bool operator==(const Tolerances&) const = default;
};

/// What a device of that kind is allowed unless its profile says otherwise. @source requirements
/// §0.3
Tolerances default_tolerances(std::string_view kind);

/// How the password of the account is given. Only `test` is known to the file; the others are
/// looked up when needed and never written anywhere.
struct Password {
  enum class Kind : std::uint8_t { test, env, file } kind = Kind::test;
  std::string value;  ///< the test password, the variable's name, the file's path
  bool operator==(const Password&) const = default;
};
/// The password itself; nothing if there is none or it is not available.
std::optional<std::string> resolve(const std::optional<Password>& password);

struct Account {
  /// "*" (external devices only): whichever registers first.
  std::string user = "1001";
  std::optional<std::string> auth_user;  ///< if not the same as user
  std::optional<Password> password = Password{Password::Kind::test, "sipharness"};
  bool is_any() const { return user == "*"; }
  /// The username of its credentials.
  const std::string& username() const { return auth_user ? *auth_user : user; }
  bool operator==(const Account&) const = default;
};
/// The account of one of several devices, counted from 0: "1001" is followed by "1002", "anna" by
/// "anna2", any by any; a name to prove with and the password are everyone's.
Account account_of(const Account& first, unsigned device);

/// OPTIONS sent regularly to each server, so that a silent one is noticed before a refresh is due.
struct OptionsKeepAlive {
  Duration interval = 30s;  ///< whole seconds
  int max_lost = 3;         ///< so many in a row without a response: the device registers anew
  bool operator==(const OptionsKeepAlive&) const = default;
};

/// How the configuration file of a phone is written: by P-numbers or by aliases.
enum class ProvisioningForm : std::uint8_t { p_values, aliases };

/// What driving a handset over its web interface needs.
struct PhoneDriving {
  std::optional<Password> passcode;  ///< its admin's or user's password
  ProvisioningForm provisioning = ProvisioningForm::p_values;
  Duration answer_within = 5s;  ///< a request it has not answered by then has failed
  bool operator==(const PhoneDriving&) const = default;
};

struct Profile {
  std::string name = "reference";
  std::string kind = "reference";  ///< reference, process, phone, external
  std::string title;
  std::vector<std::string> vendor_claims;  ///< "guide": the vendor rows are judged
  sip::Timers timers;
  /// If not (a file for a third-party device that does not give them), T1 is read off the capture.
  bool knows_timers = true;
  Account account;
  /// Register Expiration (the guide's unit: minutes), if known.
  std::optional<Duration> register_expiration = 60min;
  /// Reregister before Expiration (seconds); zero: not used; absent: it has no such setting.
  std::optional<Duration> reregister_before = Duration::zero();
  /// Where the device refreshes when reregister_before is zero; policy: 5 s before the lapse.
  Duration refresh_margin = 5s;
  std::optional<Duration> reg_retry_wait = 20s;        ///< absent: not known
  std::optional<Duration> reg_retry_wait_403 = 20min;  ///< after a refusal of the account; the same
  Duration subscribe_expiration = 60min;
  std::vector<std::string> subscriptions;  ///< event packages: "dialog", "presence"
  bool mwi_subscribe = false;
  bool blf_server = false;  ///< set: SUBSCRIBEs for dialog go to it, not to the two servers
  std::optional<int> max_request_retries;  ///< early leave; absent: Timer B and F rule
  bool parallel_allowed = false;
  std::optional<bool> rport = true;  ///< asks for it (RFC 3581); absent: not known
  std::optional<bool> sha256;        ///< answers SHA-256 challenges (RFC 8760); absent: not known
  std::optional<Transport> transport = Transport::udp;  ///< absent: not known
  bool registers = true;
  /// At both servers while both are up; if not, at the secondary only once the primary is lost.
  bool registers_at_both = true;
  /// What makes a device refuse calls although it is registered where they come from.
  bool accept_incoming_from_proxy_only = false;
  bool check_sip_user_id = false;
  bool unregisters_on_shutdown = false;   ///< takes its bindings back at both servers
  std::optional<Duration> session_timer;  ///< the Session-Expires it asks for; absent: none
  Duration min_se = 90s;                  ///< the least it accepts; @source RFC 4028 §5
  std::optional<OptionsKeepAlive> options_keepalive;  ///< absent: it sends none
  bool reliable_provisionals = false;                 ///< 100rel and PRACK. @source RFC 3262
  std::optional<PhoneDriving> phone;                  ///< absent: the defaults
  Tolerances tolerances;
  std::optional<Drive> drive;  ///< of a softphone that the harness starts
  /// Where a value was found, by its key; for people.
  std::map<std::string, std::string> sources;

  bool claims_guide() const;
  /// How long before the lapse its Reregister before Expiration has it refresh; zero: not used.
  Duration reregister_margin() const { return reregister_before.value_or(Duration::zero()); }
  /// How long a device waits whose setting is not known. policy: as GRP phones are shipped
  Duration retry_wait() const { return reg_retry_wait.value_or(20s); }
  /// Whether a scenario's `configure` can change it: its drive does not list it as lacking.
  bool has_setting(std::string_view key) const;
  /// How long it tries one request: 64·T1, or less by its maximum number of retries (AMB-17).
  Duration request_timeout() const;
  bool operator==(const Profile&) const = default;
};

/// Reads a profile; an error names file, line, column, pointer, what was found, what is allowed.
/// Several errors are one whose text has a line for each.
Expected<Profile> read_profile(const std::string& text, const std::string& file);
std::string to_json(const Profile& profile);

}  // namespace sipharness::scenario
