#pragma once
// Subscriptions and their NOTIFYs, for the cases on what the device does with them.

#include "tests/harness/check/judging.hpp"

namespace sipharness::check_tests {

using trace::ServerRole;

inline constexpr auto dialog = "dialog";
inline constexpr auto message_summary = "message-summary";

/// A SUBSCRIBE for a package.
Fields asking(const std::string& event, std::chrono::seconds expires = 120s);
/// A SUBSCRIBE at `at`, answered 10 ms later.
MessageId subscribe(Setting s, ServerRole server, Duration at, const Fields& fields,
                    int status = 200);

/// What a NOTIFY says and how the device answers it 10 ms later; 0: not at all.
struct Notice {
  std::string state = "active;expires=120";
  int status = 200;
};

MessageId notify(Setting s, ServerRole server, Duration at, MessageId subscription,
                 const Notice& notice = {});
/// Subscribed and notified.
MessageId watch(Setting s, ServerRole server, Duration at, const std::string& event = dialog,
                std::chrono::seconds expires = 120s);

/// In the dialog of `subscription`, what it asks for and draws.
struct Renewal {
  std::chrono::seconds expires = 120s;
  int status = 200;
};

MessageId refresh(Setting s, ServerRole server, Duration at, MessageId subscription,
                  const Renewal& renewal = {});

/// Both registered and set to subscribe to dialogs; `rest` writes what they do about it by 100 s.
std::function<void(Setting)> registered(const std::function<void(Setting)>& rest);
/// Registered, and subscribed at these servers.
std::function<void(Setting)> watching(std::vector<ServerRole> servers,
                                      const std::string& event = dialog, Duration at = 1s);
/// Of what is registered: no SUBSCRIBE.
void nothing(Setting);

using Rest = std::function<void(Setting, MessageId)>;

/// Subscribed for a minute at 1 s; `rest` goes on.
std::function<void(Setting)> for_a_minute(const Rest& rest);
/// A SUBSCRIBE at each of these times in a dialog that was made before the capture.
std::function<void(Setting)> goes_on(const std::vector<ServerRole>& servers,
                                     const std::vector<Duration>& times);
/// Nobody answers the SUBSCRIBE; its NOTIFY comes when the device has given it up.
void notified_too_late(Setting s);

}  // namespace sipharness::check_tests
