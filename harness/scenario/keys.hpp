#pragma once
// Every key a scenario or profile may have, object by object: the reader refuses all others, and a
// test holds the published JSON Schemas to the same lists.

#include <array>
#include <span>
#include <string_view>

namespace sipharness::scenario {

using Keys = std::span<const std::string_view>;

namespace keys {

template <class... Names>
constexpr auto list(Names... names) {
  return std::array<std::string_view, sizeof...(names)>{names...};
}

inline constexpr auto scenario =
    list("$schema", "name", "variant", "title", "why", "source", "duration", "ipv6", "real_time",
         "devices", "configure", "servers", "dns", "timeline", "expect", "variants");
inline constexpr auto variant =
    list("name", "title", "why", "source", "duration", "ipv6", "real_time", "devices", "configure",
         "servers", "dns", "timeline", "expect");
inline constexpr auto configure =
    list("register_expiration", "reregister_before", "subscribe_expiration", "subscriptions",
         "mwi_subscribe", "transport", "max_request_retries", "session_timer", "options_keepalive");
inline constexpr auto options_keepalive = list("interval", "max_lost");
inline constexpr auto servers = list("primary", "secondary");
inline constexpr auto server =
    list("address", "host", "port", "sent_by_port", "far_end", "link", "rules");
inline constexpr auto dns = list("address", "port", "records");
inline constexpr auto name_record = list("name", "address", "answer", "ttl", "from", "until");
inline constexpr auto far_end = list("ring", "answer", "hang_up", "session_timer");
inline constexpr auto session_timer = list("expires", "min", "refresher", "refreshes");
inline constexpr auto link = list("lose_to_server", "lose_to_device", "duplicate_to_device");
inline constexpr auto rule = list("name", "phase", "method", "nth", "in_dialog", "event", "from",
                                  "until", "probability", "repeat", "foreign_sent_by", "accept",
                                  "drop", "delay", "reject", "challenge", "provisional", "mute");
inline constexpr auto verbs =
    list("accept", "drop", "delay", "reject", "challenge", "provisional", "mute");
inline constexpr auto nth = list("from", "to");
inline constexpr auto accept =
    list("expires", "expires_in", "headers", "notify", "terminate", "record_route");
inline constexpr auto terminate = list("after", "reason", "retry_after");
inline constexpr auto reject = list("status", "reason", "headers", "after");
inline constexpr auto challenge = list("status", "realm", "algorithm", "qop", "stale", "admits");
inline constexpr auto provisional = list("status", "after");
inline constexpr auto step = list("at", "after", "plus", "deadline", "do", "number", "server",
                                  "phase", "event", "repeats", "withhold_acks");
inline constexpr auto expectation = list("requirement", "min", "max");

inline constexpr auto profile = list(
    "$schema", "name", "kind", "title", "vendor_claims", "timers", "account", "register_expiration",
    "reregister_before", "refresh_margin", "reg_retry_wait", "reg_retry_wait_403",
    "subscribe_expiration", "subscriptions", "mwi_subscribe", "blf_server", "max_request_retries",
    "parallel_allowed", "rport", "sha256", "transport", "registers", "registers_at_both",
    "knows_reregister_before", "accept_incoming_from_proxy_only", "check_sip_user_id",
    "session_timer", "min_se", "options_keepalive", "phone", "tolerances", "drive", "sources");
inline constexpr auto phone = list("passcode", "provisioning", "answer_within");
inline constexpr auto timers = list("t1", "t2", "t4");
inline constexpr auto account = list("user", "auth_user", "password");
inline constexpr auto password = list("test", "env", "file");
inline constexpr auto tolerances = list("timer", "fo_grace", "registration", "overlap", "nodup");
inline constexpr auto relative_tolerance = list("absolute", "percent");
inline constexpr auto drive = list("command", "package", "environment", "folders", "files", "lacks",
                                   "control", "ready", "verbs", "reactions", "stop");
inline constexpr auto control = list("address", "framing");
inline constexpr auto ready = list("output", "within");
inline constexpr auto drive_verbs =
    list("boot", "dial", "answer", "reject", "hang_up", "hold", "resume");
inline constexpr auto order = list("send", "ok", "failed", "within");
inline constexpr auto reaction = list("on", "send");
inline constexpr auto stop = list("send", "within");

}  // namespace keys

/// The keys of one object, by the name of its definition in the schema ("" is the root).
struct KeyTable {
  std::string_view definition;
  Keys keys;
};

inline constexpr std::array scenario_key_tables{
    KeyTable{"", keys::scenario},
    KeyTable{"variant", keys::variant},
    KeyTable{"configure", keys::configure},
    KeyTable{"options_keepalive", keys::options_keepalive},
    KeyTable{"servers", keys::servers},
    KeyTable{"server", keys::server},
    KeyTable{"dns", keys::dns},
    KeyTable{"name_record", keys::name_record},
    KeyTable{"far_end", keys::far_end},
    KeyTable{"session_timer", keys::session_timer},
    KeyTable{"link", keys::link},
    KeyTable{"rule", keys::rule},
    KeyTable{"nth", keys::nth},
    KeyTable{"accept", keys::accept},
    KeyTable{"terminate", keys::terminate},
    KeyTable{"reject", keys::reject},
    KeyTable{"challenge", keys::challenge},
    KeyTable{"provisional", keys::provisional},
    KeyTable{"step", keys::step},
    KeyTable{"expectation", keys::expectation},
};

inline constexpr std::array profile_key_tables{
    KeyTable{"", keys::profile},
    KeyTable{"timers", keys::timers},
    KeyTable{"account", keys::account},
    KeyTable{"password", keys::password},
    KeyTable{"options_keepalive", keys::options_keepalive},
    KeyTable{"phone", keys::phone},
    KeyTable{"tolerances", keys::tolerances},
    KeyTable{"relative_tolerance", keys::relative_tolerance},
    KeyTable{"drive", keys::drive},
    KeyTable{"control", keys::control},
    KeyTable{"ready", keys::ready},
    KeyTable{"drive_verbs", keys::drive_verbs},
    KeyTable{"order", keys::order},
    KeyTable{"reaction", keys::reaction},
    KeyTable{"stop", keys::stop},
};

}  // namespace sipharness::scenario
