// A profile file. @source requirements §0.3 (tolerances by kind), §0.5 (what a profile states)

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/profile.hpp"
#include "harness/scenario/read_drive.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {
namespace {

constexpr std::array<Choice<std::string_view>, 4> kinds{{{"reference", "reference"},
                                                         {"process", "process"},
                                                         {"phone", "phone"},
                                                         {"external", "external"}}};
constexpr std::array<Choice<std::string_view>, 1> claims{{{"guide", "guide"}}};

void read_timers(const json::Value& value, Problems& problems, sip::Timers& timers) {
  const Fields fields(value, keys::timers, problems);
  fields.read("t1", timers.t1);
  fields.read("t2", timers.t2);
  fields.read("t4", timers.t4);
  if (timers.t1 <= Duration::zero() || timers.t2 < timers.t1)
    problems.add(value, "T1 must be more than nothing, and T2 no less than T1");
}

Password read_password(const json::Value& value, Problems& problems) {
  using Kind = Password::Kind;
  constexpr std::array<Choice<Kind>, 3> ways{
      {{"test", Kind::test}, {"env", Kind::env}, {"file", Kind::file}}};
  Password password;
  if (value.kind != json::Kind::object) {
    // Not quoted: it may be a real one.
    problems.add(value,
                 "a password is not written down like this; allowed is an object with "
                 "test, env or file");
    return password;
  }
  const Fields fields(value, keys::password, problems);
  if (value.members.size() != 1)
    problems.add(value, "a password is given in one way: test, env or file");
  for (const Choice<Kind>& way : ways) {
    if (fields.find(way.name) == nullptr) continue;
    password.kind = way.value;
    fields.read(way.name, password.value);
  }
  return password;
}

Account read_account(const json::Value& value, Problems& problems) {
  Account account;
  const Fields fields(value, keys::account, problems);
  fields.read("user", account.user);
  fields.read("auth_user", account.auth_user);
  if (account.user.empty()) problems.add(value, "the account's user is empty");
  const json::Value* const password = fields.find("password");
  account.password = password == nullptr ? Password{} : read_password(*password, problems);
  return account;
}

void read_phone(const json::Value& value, Problems& problems, PhoneDriving& phone) {
  const Fields fields(value, keys::phone, problems);
  if (const json::Value* const passcode = fields.find("passcode"))
    phone.passcode = read_password(*passcode, problems);
  fields.read("provisioning", phone.provisioning, words::provisioning_forms);
  fields.read("answer_within", phone.answer_within);
  if (phone.answer_within <= Duration::zero())
    problems.add(*fields.find("answer_within"), "no phone answers in no time");
}

void read_relative(const Fields& fields, std::string_view key, RelativeTolerance& into) {
  const json::Value* const value = fields.find(key);
  if (value == nullptr) return;
  const Fields parts(*value, keys::relative_tolerance, fields.problems());
  parts.read("absolute", into.absolute);
  parts.read_number("percent", {0, 100}, into.percent);
}

void read_tolerances(const json::Value& value, Problems& problems, Tolerances& tolerances) {
  const Fields fields(value, keys::tolerances, problems);
  read_relative(fields, "timer", tolerances.timer);
  fields.read("fo_grace", tolerances.fo_grace);
  read_relative(fields, "registration", tolerances.registration);
  fields.read("overlap", tolerances.overlap);
  fields.read("nodup", tolerances.nodup);
}

void read_identity(const Fields& fields, Profile& profile) {
  std::string_view kind = "reference";
  fields.read("name", profile.name);
  fields.read("kind", kind, kinds);
  fields.read("title", profile.title);
  profile.kind = kind;
  profile.tolerances = default_tolerances(kind);
  const json::Value* const claimed = fields.find("vendor_claims");
  if (claimed == nullptr) return;
  for (const json::Value& item : items_of(*claimed, fields.problems())) {
    std::string_view claim;
    if (read_choice<std::string_view>(item, fields.problems(), claims, claim))
      profile.vendor_claims.emplace_back(claim);
  }
}

void read_registration(const Fields& fields, Profile& profile) {
  fields.read("register_expiration", profile.register_expiration);
  fields.read("reregister_before", profile.reregister_before);
  fields.read("refresh_margin", profile.refresh_margin);
  fields.read("reg_retry_wait", profile.reg_retry_wait);
  fields.read("reg_retry_wait_403", profile.reg_retry_wait_403);
  fields.read("registers", profile.registers);
  fields.read("registers_at_both", profile.registers_at_both);
  fields.read("knows_reregister_before", profile.knows_reregister_before);
  check_whole_minutes(fields, "register_expiration");
  check_whole_seconds(fields, "reregister_before");
}

void read_features(const Fields& fields, Profile& profile) {
  fields.read("subscribe_expiration", profile.subscribe_expiration);
  check_whole_minutes(fields, "subscribe_expiration");
  if (const json::Value* const packages = fields.find("subscriptions"))
    profile.subscriptions = read_subscriptions(*packages, fields.problems());
  fields.read("mwi_subscribe", profile.mwi_subscribe);
  fields.read("blf_server", profile.blf_server);
  int retries = -1;
  fields.read_integer("max_request_retries", {0, 10}, retries);
  if (retries >= 0) profile.max_request_retries = retries;
  fields.read("parallel_allowed", profile.parallel_allowed);
  fields.read("rport", profile.rport);
  fields.read("sha256", profile.sha256);
  fields.read("transport", profile.transport, words::transports);
  fields.read("accept_incoming_from_proxy_only", profile.accept_incoming_from_proxy_only);
  fields.read("check_sip_user_id", profile.check_sip_user_id);
  fields.read("session_timer", profile.session_timer);
  fields.read("min_se", profile.min_se);
  check_whole_seconds(fields, "session_timer");
  check_whole_seconds(fields, "min_se");
  read_options_keepalive(fields, profile.options_keepalive);
  if (profile.session_timer && *profile.session_timer < profile.min_se)
    fields.problems().add(
        *fields.find("session_timer"),
        fmt::format("{} is less than \"min_se\", {}", format_duration(*profile.session_timer),
                    format_duration(profile.min_se)));
}

void read_sources(const json::Value& value, Problems& problems, Profile& profile) {
  if (value.kind != json::Kind::object) return problems.add_wrong(value, "an object");
  const Keys known = keys::profile;
  for (const auto& [key, source] : value.members) {
    if (std::ranges::find(known, key) == known.end())
      problems.add(source, fmt::format("\"{}\" is no key of a profile", key));
    read_value(source, problems, profile.sources[key]);
  }
}

void read_drive_of(const Fields& fields, Profile& profile) {
  const json::Value* const value = fields.find("drive");
  if (value == nullptr) return;
  if (profile.kind != "process")
    fields.problems().add(*value, "only a device of the kind \"process\" is started and driven");
  profile.drive = read_drive(*value, fields.problems());
}

/// All errors as one: its text is one line for each.
Error joined(std::vector<Error> errors) {
  Error all = std::move(errors.front());
  for (std::size_t i = 1; i < errors.size(); ++i) all.message.append("\n").append(errors[i].text());
  return all;
}

}  // namespace

Expected<Profile> read_profile(const std::string& text, const std::string& file) {
  const Expected<json::Value> root = json::parse(text, file);
  if (!root) return tl::unexpected(root.error());
  Problems problems(file);
  Profile profile;
  const Fields fields(*root, keys::profile, problems);
  fields.check_schema_reference();
  fields.require({"name", "kind"});
  read_identity(fields, profile);
  if (const json::Value* const timers = fields.find("timers"))
    read_timers(*timers, problems, profile.timers);
  else
    profile.knows_timers = profile.kind == "reference";
  if (const json::Value* const account = fields.find("account"))
    profile.account = read_account(*account, problems);
  if (profile.account.is_any() && profile.kind != "external")
    problems.add(*fields.find("account"),
                 "only an external device may have any account: name the user");
  read_registration(fields, profile);
  read_features(fields, profile);
  if (const json::Value* const phone = fields.find("phone"))
    read_phone(*phone, problems, profile.phone);
  if (const json::Value* const tolerances = fields.find("tolerances"))
    read_tolerances(*tolerances, problems, profile.tolerances);
  read_drive_of(fields, profile);
  if (const json::Value* const sources = fields.find("sources"))
    read_sources(*sources, problems, profile);
  if (!problems.empty()) return tl::unexpected(joined(problems.in_file_order()));
  return profile;
}

}  // namespace sipharness::scenario
