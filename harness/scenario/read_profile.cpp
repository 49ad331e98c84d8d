// A profile file. @source requirements §0.3 (tolerances by kind), §0.5 (what a profile states)

#include <algorithm>

#include <fmt/format.h>

#include "harness/scenario/key_names.hpp"
#include "harness/scenario/reader.hpp"

namespace sipharness::scenario {
namespace {

/// policy: its multiples are far from what a time can hold.
constexpr Duration longest_timer = 1h;

void check_sources(const Fields& fields, const Profile& profile) {
  static const std::vector<std::string_view> known = keys_of<Profile>().all;
  for (const auto& [key, source] : profile.sources)
    if (std::ranges::find(known, key) == known.end())
      fields.problems().add(*fields.find("sources")->find(key),
                            fmt::format("\"{}\" is no key of a profile", key));
}

}  // namespace

void check(const Fields& fields, sip::Timers& timers) {
  if (timers.t1 <= Duration::zero() || timers.t2 < timers.t1)
    fields.problems().add(fields.object(), "t1 must be greater than 0, and t2 at least t1");
  else if (std::max(timers.t2, timers.t4) > longest_timer)
    fields.problems().add(fields.object(), "no timer is longer than 1h");
}

bool read_value(const json::Value& value, Problems& problems, Password& into, kind::Object) {
  if (value.kind == json::Kind::object) return read_object(value, problems, into);
  // Not quoted: it may be a real one.
  problems.add(value,
               "a password must not stand in the file; allowed is an object with "
               "test, env or file");
  return false;
}

void check(const Fields& fields, Password&) {
  if (fields.object().members.size() != 1)
    fields.problems().add(fields.object(), "a password is given in one way: test, env or file");
}

void prepare(const Fields&, Account& account) {
  account.password.reset();
}

void check(const Fields& fields, Account& account) {
  if (account.user.empty()) fields.problems().add(fields.object(), "the account's user is empty");
  if (account.auth_user == "") account.auth_user.reset();
}

void check(const Fields& fields, PhoneDriving& phone) {
  if (phone.answer_within <= Duration::zero())
    fields.problems().add(*fields.find("answer_within"), "answer_within must be greater than 0");
}

void check(const Fields& fields, OptionsKeepAlive& keep_alive) {
  if (keep_alive.interval <= Duration::zero())
    fields.problems().add(*fields.find("interval"), "interval must be greater than 0");
}

void prepare(const Fields& fields, Profile& profile) {
  const json::Value* const kind = fields.find("kind");
  if (kind == nullptr) return;
  profile.tolerances = default_tolerances(kind->string);
  // What is not said of a device that is not ours is not known.
  if (kind->string == "reference") return;
  profile.knows_timers = false;
  profile.reg_retry_wait_403.reset();
  // Nor is what an external one is set to, which the harness has not configured.
  if (kind->string != "external") return;
  profile.register_expiration.reset();
  profile.rport.reset();
  profile.transport.reset();
}

void check(const Fields& fields, Profile& profile) {
  Problems& problems = fields.problems();
  if (profile.account.is_any() && profile.kind != "external")
    problems.add(*fields.find("account"),
                 "only an external device may have any account: name the user");
  if (profile.session_timer && *profile.session_timer < profile.min_se)
    problems.add(*fields.find("session_timer"), fmt::format("{} is less than \"min_se\", {}",
                                                            format_duration(*profile.session_timer),
                                                            format_duration(profile.min_se)));
  if (profile.kind != "process")
    fields.refuse("drive", "only a device of the kind \"process\" is started and driven");
  check_sources(fields, profile);
}

Expected<Profile> read_profile(const std::string& text, const std::string& file) {
  const Expected<json::Value> root = json::parse(text, file);
  if (!root) return tl::unexpected(root.error());
  Problems problems(file);
  Profile profile;
  read_value(*root, problems, profile, kind::object);
  if (!problems.empty()) return tl::unexpected(joined(problems.in_file_order()));
  return profile;
}

}  // namespace sipharness::scenario
