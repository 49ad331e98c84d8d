// A profile as JSON. The password is written as it was given, never looked up.

#include <nlohmann/json.hpp>

#include "harness/scenario/profile.hpp"
#include "harness/scenario/words.hpp"
#include "harness/scenario/write_settings.hpp"

namespace sipharness::scenario {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const RelativeTolerance& tolerance) {
  return Json{{"absolute", format_duration(tolerance.absolute)}, {"percent", tolerance.percent}};
}

Json json_of(const Tolerances& tolerances) {
  return Json{{"timer", json_of(tolerances.timer)},
              {"fo_grace", format_duration(tolerances.fo_grace)},
              {"registration", json_of(tolerances.registration)},
              {"overlap", format_duration(tolerances.overlap)},
              {"nodup", format_duration(tolerances.nodup)}};
}

const char* key_of(Password::Kind kind) {
  switch (kind) {
    case Password::Kind::test:
      return "test";
    case Password::Kind::env:
      return "env";
    case Password::Kind::file:
      return "file";
    case Password::Kind::none:
      break;
  }
  return nullptr;
}

Json json_of(const Account& account) {
  Json object{{"user", account.user}};
  if (!account.auth_user.empty()) object["auth_user"] = account.auth_user;
  if (const char* const way = key_of(account.password.kind))
    object["password"][way] = account.password.value;
  return object;
}

Json json_of(const PhoneDriving& phone) {
  Json object{{"provisioning", words::name_of(words::provisioning_forms, phone.provisioning)},
              {"answer_within", format_duration(phone.answer_within)}};
  if (const char* const way = key_of(phone.passcode.kind))
    object["passcode"][way] = phone.passcode.value;
  return object;
}

Json json_of(const sip::Timers& timers) {
  return Json{{"t1", format_duration(timers.t1)},
              {"t2", format_duration(timers.t2)},
              {"t4", format_duration(timers.t4)}};
}

}  // namespace

std::string to_json(const Profile& profile) {
  Json object{{"name", profile.name}, {"kind", profile.kind}};
  if (!profile.title.empty()) object["title"] = profile.title;
  object["vendor_claims"] = profile.vendor_claims;
  if (profile.knows_timers) object["timers"] = json_of(profile.timers);
  object["account"] = json_of(profile.account);
  object["register_expiration"] = format_duration(profile.register_expiration);
  object["reregister_before"] = format_duration(profile.reregister_before);
  object["refresh_margin"] = format_duration(profile.refresh_margin);
  object["reg_retry_wait"] = format_duration(profile.reg_retry_wait);
  object["reg_retry_wait_403"] = format_duration(profile.reg_retry_wait_403);
  object["subscribe_expiration"] = format_duration(profile.subscribe_expiration);
  object["subscriptions"] = profile.subscriptions;
  object["mwi_subscribe"] = profile.mwi_subscribe;
  object["blf_server"] = profile.blf_server;
  if (profile.max_request_retries) object["max_request_retries"] = *profile.max_request_retries;
  object["parallel_allowed"] = profile.parallel_allowed;
  object["rport"] = profile.rport;
  if (profile.sha256) object["sha256"] = *profile.sha256;
  object["transport"] = to_string(profile.transport);
  object["registers"] = profile.registers;
  object["registers_at_both"] = profile.registers_at_both;
  object["knows_reregister_before"] = profile.knows_reregister_before;
  object["accept_incoming_from_proxy_only"] = profile.accept_incoming_from_proxy_only;
  object["check_sip_user_id"] = profile.check_sip_user_id;
  if (profile.session_timer) object["session_timer"] = format_duration(*profile.session_timer);
  object["min_se"] = format_duration(profile.min_se);
  if (profile.options_keepalive) object["options_keepalive"] = json_of(*profile.options_keepalive);
  if (profile.kind == "phone") object["phone"] = json_of(profile.phone);
  object["tolerances"] = json_of(profile.tolerances);
  if (profile.drive) object["drive"] = json_of(*profile.drive);
  for (const auto& [key, source] : profile.sources) object["sources"][key] = source;
  return object.dump(2) + "\n";
}

}  // namespace sipharness::scenario
