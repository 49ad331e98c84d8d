#pragma once
// Every key of a profile file, described once. See scenario_form.hpp.

#include <optional>
#include <string>
#include <string_view>

#include "harness/scenario/kinds.hpp"
#include "harness/scenario/profile.hpp"
#include "harness/scenario/settings_form.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {

// --- What a device is ----------------------------------------------------------------------------

template <>
inline constexpr ObjectName object_name<sip::Timers>{"timers", "RFC 3261, Table 4."};
void describe(auto& form, sip::Timers& timers) {
  form("t1", timers.t1, kind::duration, "Round-trip time estimate.");
  form("t2", timers.t2, kind::duration,
       "Longest retransmission interval of a request that is no INVITE.");
  form("t4", timers.t4, kind::duration, "Longest life of a message in the network.");
}
void check(const Fields& fields, sip::Timers& timers);

template <>
inline constexpr ObjectName object_name<Password>{
    "password",
    "Exactly one way; only a test password, public by declaration, stands in the file."};
void describe(auto& form, Password& password) {
  const auto way = [&](std::string_view key, Password::Kind kind, std::string_view what) {
    std::optional<std::string> value;
    if (password.kind == kind) value = password.value;
    form(key, value, kind::text, what);
    if (value) password = {kind, *value};
  };
  way("test", Password::Kind::test, "The password itself.");
  way("env", Password::Kind::env, "The environment variable that holds it.");
  way("file", Password::Kind::file, "The file whose first line it is.");
}
void check(const Fields& fields, Password& password);

template <>
inline constexpr ObjectName object_name<Account>{"account", "The account the device registers."};
void describe(auto& form, Account& account) {
  form("user", account.user, kind::name,
       "The user part of the AOR. \"*\" (external devices only): whichever account registers "
       "first.");
  form("auth_user", account.auth_user, kind::one_line, "If not the same as user.");
  form("password", account.password, kind::object, "Absent: it has none.");
}
void prepare(const Fields& fields, Account& account);
void check(const Fields& fields, Account& account);

template <>
inline constexpr ObjectName object_name<PhoneDriving>{
    "phone", "How a handset is driven over its web interface (kind \"phone\")."};
void describe(auto& form, PhoneDriving& phone) {
  form("passcode", phone.passcode, kind::object,
       "Its admin's or user's password; --phone-passcode-env and --phone-passcode-file come "
       "first.");
  form("provisioning", phone.provisioning, kind::one_of(words::provisioning_forms),
       "How cfg<mac>.xml is written: <P47> or <item name=\"account.1.…\">.");
  form("answer_within", phone.answer_within, kind::duration,
       "A request it has not answered by then has failed.");
}
void check(const Fields& fields, PhoneDriving& phone);

template <>
inline constexpr ObjectName object_name<RelativeTolerance>{
    "relative_tolerance", "The larger of an absolute time and a percentage of the interval.",
    false};
void describe(auto& form, RelativeTolerance& tolerance) {
  form("absolute", tolerance.absolute, kind::duration, "The time.");
  form("percent", tolerance.percent, kind::Number{{0, 100}}, "The percentage.");
}

template <>
inline constexpr ObjectName object_name<Tolerances>{
    "tolerances", "What a judged interval may be off by; the kind of the device gives the rest.",
    false};
void describe(auto& form, Tolerances& tolerances) {
  form("timer", tolerances.timer, kind::object,
       "Late side of a retransmission timer; early is half of it.");
  form("fo_grace", tolerances.fo_grace, kind::duration,
       "From a timer's expiry to the next action.");
  form("registration", tolerances.registration, kind::object,
       "Of a refresh, relative to the granted expiry.");
  form("overlap", tolerances.overlap, kind::duration, "Two INVITE legs in parallel.");
  form("nodup", tolerances.nodup, kind::duration, "Two confirmed dialogs before one is ended.");
}

// --- How a softphone is driven -------------------------------------------------------------------

template <>
inline constexpr ObjectName object_name<Control>{
    "control", "Where actions are sent; without it, to standard input, one per line."};
void describe(auto& form, Control& control) {
  form.required("address", control.address, kind::in_text,
                "address:port, or the path of a UNIX socket.");
  form("framing", control.framing, kind::one_of(words::framings),
       "\"netstring_json\": {\"command\", \"params\"} in netstrings, as baresip's ctrl_tcp has "
       "it.");
}

template <>
inline constexpr ObjectName object_name<Ready>{
    "ready", "When it accepts actions: this was printed, and the control connection stands."};
void describe(auto& form, Ready& ready) {
  form("output", ready.output, kind::pattern, "A pattern; absent: nothing is waited for.");
  form("within", ready.within, kind::duration, "It is ready by then, or it has failed.");
}

template <>
inline constexpr ObjectName object_name<DriveAction>{
    "action", "What is sent, and the news that tell how it went."};
void describe(auto& form, DriveAction& action) {
  form("send", action.send, kind::in_action, "The lines.");
  form("ok", action.ok, kind::pattern, "Patterns; any of these: it went well.");
  form("failed", action.failed, kind::pattern, "Patterns; any of these: it failed.");
  form("within", action.within, kind::duration, "Later news of it do not count.");
}

template <>
inline constexpr ObjectName object_name<ActionsByVerb>{
    "drive_verbs", "What is sent for each verb; boot, restart and shutdown need none."};
void describe(auto& form, ActionsByVerb& actions) {
  const auto verb = [&](std::string_view word, std::string_view what) {
    form.entry(word, actions, kind::object, what);
  };
  verb("boot", "Once it is ready.");
  verb("dial", "Call ${number}.");
  verb("answer", "Answer the call that rings.");
  verb("reject", "Reject the call that rings.");
  verb("hang_up", "End the current call.");
  verb("hold", "Hold the current call.");
  verb("resume", "Resume the held call.");
}
void check(const Fields& fields, ActionsByVerb& actions);

template <>
inline constexpr ObjectName object_name<Reaction>{"reaction", "What a driver does by itself."};
void describe(auto& form, Reaction& reaction) {
  form.required("on", reaction.on, kind::pattern, "A pattern.");
  form.required("send", reaction.send, kind::in_action, "The lines.");
}

template <>
inline constexpr ObjectName object_name<Stop>{
    "stop", "How it is asked to end; then come SIGTERM and SIGKILL."};
void describe(auto& form, Stop& stop) {
  form("send", stop.send, kind::in_text, "The lines; absent: SIGTERM at once.");
  form("within", stop.within, kind::duration, "It has ended by then, or SIGTERM comes.");
}

template <>
inline constexpr ObjectName object_name<Drive>{
    "drive",
    "How a softphone is started and driven; for the kind \"process\" only. Texts have variables, "
    "${primary.address}. docs/softphones.md explains it."};
void describe(auto& form, Drive& drive) {
  form.required("command", drive.command, kind::in_command,
                "The program, searched in PATH, and its arguments.");
  form("package", drive.package, kind::text, "The Debian package that brings it.");
  form("environment", drive.environment, kind::in_text,
       "Added to PATH, the language, and HOME, which is the scratch home.");
  form("folders", drive.folders, kind::path, "Made below the scratch home.");
  form("files", drive.files, kind::files,
       "Configuration files below the scratch home, each a list of lines; written anew at every "
       "start.");
  form("lacks", drive.lacks, kind::setting,
       "Settings of a scenario's \"configure\" that this softphone does not have: they stay as the "
       "profile has them.");
  form("control", drive.control, kind::object, "Where actions are sent.");
  form("ready", drive.ready, kind::object, "When it accepts actions.");
  form("verbs", drive.verbs, kind::object, "What is sent for each verb.");
  form("reactions", drive.reactions, kind::object, "What a driver does by itself.");
  form("stop", drive.stop, kind::object, "How it is asked to end.");
}
void check(const Fields& fields, Drive& drive);

// --- The whole -----------------------------------------------------------------------------------

template <>
inline constexpr ObjectName object_name<Profile>{
    "", "What a device is: claims, defaults, limits, tolerances."};

void describe_timers(auto& form, Profile& profile) {
  std::optional<sip::Timers> said;
  if (profile.knows_timers) said = profile.timers;
  form("timers", said, kind::object,
       "Absent: the defaults; of a device that is not ours, T1 is taken from the capture.");
  if (said) profile.timers = *said;
  profile.knows_timers = said.has_value();
}

void describe_register_expiration(auto& form, Profile& profile) {
  Duration said = profile.register_expiration.value_or(Duration::zero());
  form("register_expiration", said, kind::whole_minutes,
       "Register Expiration; whole minutes. 0s, or absent, of an external device: not known.");
  profile.register_expiration.reset();
  if (said > Duration::zero()) profile.register_expiration = said;
}

void describe_reregister_before(auto& form, Profile& profile) {
  bool has_setting = profile.reregister_before.has_value();
  form("knows_reregister_before", has_setting, kind::truth, "Has that setting at all.");
  if (!has_setting) profile.reregister_before.reset();
}

void describe(auto& form, Profile& profile) {
  schema_reference(form);
  form.required("name", profile.name, kind::file_name, "As findings cite it.");
  form.required("kind", profile.kind, kind::one_of(words::device_kinds),
                "How the device is driven; gives the default tolerances.");
  form("title", profile.title, kind::text, "What it is, in a line.");
  form("vendor_claims", profile.vendor_claims, kind::one_of(words::vendor_claims),
       "\"guide\": the rows of the Server Redundancy Guide are judged, not only recorded.");
  describe_timers(form, profile);
  form("account", profile.account, kind::object, "The account it registers.");
  describe_register_expiration(form, profile);
  form("reregister_before", profile.reregister_before, kind::whole_seconds,
       "Reregister before Expiration; whole seconds, 0s: not used.");
  form("refresh_margin", profile.refresh_margin, kind::duration,
       "Where it refreshes when reregister_before is 0s: this long before the lapse.");
  form("reg_retry_wait", profile.reg_retry_wait, kind::duration,
       "Wait between failed registrations.");
  form("reg_retry_wait_403", profile.reg_retry_wait_403, kind::duration,
       "Wait after a 403 or 404 to REGISTER; absent, of a device that is not ours: not known.");
  form("subscribe_expiration", profile.subscribe_expiration, kind::whole_minutes,
       "Subscribe Expiration; whole minutes.");
  form("subscriptions", profile.subscriptions, kind::one_of(words::event_packages),
       "Event packages it subscribes to.");
  form("mwi_subscribe", profile.mwi_subscribe, kind::truth, "Subscribes to message waiting.");
  form("blf_server", profile.blf_server, kind::truth,
       "A BLF server of its own is set: dialog SUBSCRIBEs go there.");
  form("max_request_retries", profile.max_request_retries, request_retries,
       "Leaves a server after this many unanswered repeats; absent: timers B and F rule.");
  form("parallel_allowed", profile.parallel_allowed, kind::truth, "May try both servers at once.");
  form("rport", profile.rport, kind::truth,
       "Asks for rport (RFC 3581); absent, of an external device: not known.");
  form("sha256", profile.sha256, kind::truth,
       "Answers SHA-256 challenges (RFC 8760); absent: not known.");
  form("transport", profile.transport, kind::one_of(words::transports),
       "Transport protocol; absent, of an external device: not known.");
  form("registers", profile.registers, kind::truth, "Registers at all.");
  form("registers_at_both", profile.registers_at_both, kind::truth,
       "false: at the secondary only once the primary is lost, by design.");
  describe_reregister_before(form, profile);
  form("accept_incoming_from_proxy_only", profile.accept_incoming_from_proxy_only, kind::truth,
       "Refuses calls from elsewhere.");
  form("check_sip_user_id", profile.check_sip_user_id, kind::truth,
       "Refuses calls for another user than its own.");
  form("unregisters_on_shutdown", profile.unregisters_on_shutdown, kind::truth,
       "Takes its registrations back at both servers before it shuts down.");
  form("session_timer", profile.session_timer, kind::whole_seconds,
       "The Session-Expires it asks for, in whole seconds; absent: it asks for none.");
  form("min_se", profile.min_se, kind::whole_seconds,
       "The least Session-Expires it accepts, in whole seconds.");
  form("options_keepalive", profile.options_keepalive, kind::object, "Absent: it sends none.");
  form("reliable_provisionals", profile.reliable_provisionals, kind::truth,
       "Supports 100rel: answers reliable provisional responses with PRACK (RFC 3262).");
  form("phone", profile.phone, kind::object, "How a handset is driven.");
  form("tolerances", profile.tolerances, kind::object, "What a judged interval may be off by.");
  form("drive", profile.drive, kind::object, "How a softphone is started and driven.");
  form("sources", profile.sources, kind::text, "Where a value was found, by its key; for people.");
}
void prepare(const Fields& fields, Profile& profile);
void check(const Fields& fields, Profile& profile);

}  // namespace sipharness::scenario
