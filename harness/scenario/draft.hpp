#pragma once
// A scenario while it is read: the value, and the places in the file that validation speaks of.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/document.hpp"
#include "harness/scenario/fields.hpp"
#include "harness/scenario/problems.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::scenario {

/// A server and where it and each of its rules stand.
struct ServerDraft {
  Server server;
  const json::Value* place = nullptr;
  std::vector<const json::Value*> rules;  ///< one for each of server.rules
};

/// The name server and where each of its records stands.
struct NameServerDraft {
  NameServer server;
  std::vector<const json::Value*> records;  ///< one for each of server.records
};

/// Pointers are into the JSON value it was read from, which must outlive it.
struct Draft {
  Scenario scenario;                      ///< without its servers
  const json::Value* timeline = nullptr;  ///< null if the file has none
  std::vector<ServerDraft> servers;
  std::optional<NameServerDraft> dns;
  std::vector<const json::Value*> steps;         ///< one for each of scenario.timeline
  std::vector<const json::Value*> expectations;  ///< one for each of scenario.expect
};

// --- Parts of a file, each read from its JSON value ------------------------------------------

ServerDraft read_server(const std::string& name, const json::Value& value, Problems& problems);
void read_host_name(const json::Value& value, Problems& problems, std::string& into);
NameServerDraft read_name_server(const json::Value& value, Problems& problems);
Rule read_rule(const json::Value& value, Problems& problems);
Verb read_verb(const json::Value& rule, Problems& problems);
Step read_step(const json::Value& value, Problems& problems);
Configure read_configure(const json::Value& value, Problems& problems);

// Shared by scenario files (`configure`) and profiles.
/// Settings that phones count in whole minutes (register, subscribe) or seconds (the others).
void check_whole_minutes(const Fields& fields, std::string_view key);
void check_whole_seconds(const Fields& fields, std::string_view key);
std::vector<std::string> read_subscriptions(const json::Value& value, Problems& problems);
/// The member "options_keepalive", if there is one.
void read_options_keepalive(const Fields& fields, std::optional<OptionsKeepAlive>& into);

// --- What no single value shows --------------------------------------------------------------

/// That member, or where there is none the object itself: the place to speak of.
const json::Value& member_or(const json::Value& value, std::string_view key);
/// Servers, rules, timeline and expectations of one scenario against each other.
void validate(const Draft& draft, Problems& problems);
/// The names of the servers against what the name server says of them, and the two servers against
/// each other, whichever way they are named.
void validate_names(const Draft& draft, Problems& problems);
/// Rules whose phase no timeline of the file enters (each variant may use a part of the rules).
void validate_phases_entered(const std::vector<Draft>& drafts, Problems& problems);

/// The file's variants, merged into what they vary; the file itself if it has none. RFC 7396.
struct Variant {
  std::string name;
  json::Value merged;
};
std::vector<Variant> expand_variants(const json::Value& root, Problems& problems);

}  // namespace sipharness::scenario
