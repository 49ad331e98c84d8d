#include "tests/harness/check/subscription_situations.hpp"

#include <fmt/format.h>

namespace sipharness::check_tests {

Fields asking(const std::string& event, std::chrono::seconds expires) {
  return {.expires = expires, .headers = {{"Event", event}}};
}

MessageId subscribe(Setting s, ServerRole server, Duration at, const Fields& fields, int status) {
  const auto sent = s.trace.at(at).from_device(server).request("SUBSCRIBE", fields);
  s.trace.at(at + 10ms).to_device(server).response(status, {.to = sent});
  return sent;
}

MessageId notify(Setting s, ServerRole server, Duration at, MessageId subscription,
                 const Notice& notice) {
  const auto sent = s.trace.at(at).to_device(server).request(
      "NOTIFY",
      {.headers = {{"Event", dialog}, {"Subscription-State", notice.state}}, .in = subscription});
  if (notice.status != 0)
    s.trace.at(at + 10ms).from_device(server).response(notice.status, {.to = sent});
  return sent;
}

MessageId watch(Setting s, ServerRole server, Duration at, const std::string& event,
                std::chrono::seconds expires) {
  const auto sent = subscribe(s, server, at, asking(event, expires));
  notify(s, server, at + 20ms, sent, {.state = fmt::format("active;expires={}", expires.count())});
  return sent;
}

MessageId refresh(Setting s, ServerRole server, Duration at, MessageId subscription,
                  const Renewal& renewal) {
  Fields fields = asking(dialog, renewal.expires);
  fields.in = subscription;
  return subscribe(s, server, at, fields, renewal.status);
}

std::function<void(Setting)> registered(const std::function<void(Setting)>& rest) {
  return [=](Setting s) {
    s.profile.subscriptions = {dialog};
    s.profile.mwi_subscribe = true;
    s.trace.healthy_registrations(0s, 120s);
    s.trace.healthy_registrations(100s, 120s);
    rest(s);
    s.trace.ends(200s);
  };
}

std::function<void(Setting)> watching(std::vector<ServerRole> servers, const std::string& event,
                                      Duration at) {
  return registered([=](Setting s) {
    for (const ServerRole server : servers) watch(s, server, at, event);
  });
}

void nothing(Setting) {}

std::function<void(Setting)> for_a_minute(const Rest& rest) {
  return registered([=](Setting s) { rest(s, watch(s, primary, 1s, dialog, 60s)); });
}

std::function<void(Setting)> goes_on(const std::vector<ServerRole>& servers,
                                     const std::vector<Duration>& times) {
  return foreign(registered([=](Setting s) {
    for (const ServerRole server : servers)
      for (const Duration at : times) {
        Fields fields = asking(dialog);
        fields.call_id = fmt::format("old-{}", to_string(server));
        fields.from_tag = "d";
        fields.to_tag = "s";
        subscribe(s, server, at, fields);
      }
  }));
}

void notified_too_late(Setting s) {
  watch(s, secondary, 1s);
  const auto sent = s.trace.at(1s).from_device(primary).request("SUBSCRIBE", asking(dialog));
  notify(s, primary, 60s, sent, {"active", 481});
}

}  // namespace sipharness::check_tests
