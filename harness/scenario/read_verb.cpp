// What a rule does: exactly one verb of seven, each with its own settings.

#include <algorithm>
#include <array>

#include "harness/scenario/draft.hpp"
#include "harness/scenario/words.hpp"

namespace sipharness::scenario {
namespace {

template <class Switch>
Verb read_switch(const json::Value& value, Problems& problems) {
  if (value.kind != json::Kind::boolean || !value.boolean) problems.add_wrong(value, "true");
  return Switch{};
}

Verb read_delay(const json::Value& value, Problems& problems) {
  Delay delay;
  read_value(value, problems, delay.by);
  return delay;
}

/// Not what a header's syntax allows, only what would break the message apart.
bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; });
}

void read_line(const json::Value& value, Problems& problems, std::string& into) {
  if (read_value(value, problems, into) && !is_one_line(into))
    problems.add(value, "found a line end; a header is one line");
}

void read_headers(const Fields& fields, HeaderList& into) {
  const json::Value* const headers = fields.find("headers");
  if (headers == nullptr) return;
  Problems& problems = fields.problems();
  if (headers->kind != json::Kind::object) problems.add_wrong(*headers, "an object");
  for (const auto& [name, header] : headers->members) {
    if (name.empty() || !is_one_line(name)) problems.add(header, "this is no header name");
    read_line(header, problems, into.emplace_back(name, "").second);
  }
}

Termination read_termination(const json::Value& value, Problems& problems) {
  Termination termination;
  const Fields fields(value, keys::terminate, problems);
  fields.require({"after"});
  fields.read("after", termination.after);
  std::string_view reason;
  fields.read("reason", reason, words::termination_reasons);
  termination.reason = reason;
  fields.read("retry_after", termination.retry_after);
  check_whole_seconds(fields, "retry_after");
  return termination;
}

Verb read_accept(const json::Value& value, Problems& problems) {
  Accept accept;
  const Fields fields(value, keys::accept, problems);
  fields.read("expires", accept.expires);
  check_whole_seconds(fields, "expires");
  fields.read("expires_in", accept.expires_in_contact, words::expiry_places);
  read_headers(fields, accept.headers);
  fields.read("notify", accept.notify, words::notify_times);
  if (const json::Value* const termination = fields.find("terminate"))
    accept.terminate = read_termination(*termination, problems);
  if (const json::Value* const routers = fields.find("record_route"))
    for (const json::Value& router : items_of(*routers, problems))
      read_choice<Router>(router, problems, words::routers, accept.record_route.emplace_back());
  return accept;
}

Verb read_reject(const json::Value& value, Problems& problems) {
  Reject reject;
  const Fields fields(value, keys::reject, problems);
  fields.require({"status"});
  fields.read_integer("status", {300, 699}, reject.status);
  fields.read("after", reject.after);
  if (const json::Value* const reason = fields.find("reason"))
    read_line(*reason, problems, reject.reason);
  read_headers(fields, reject.headers);
  return reject;
}

std::vector<std::string> read_algorithms(const json::Value& value, Problems& problems) {
  std::vector<std::string> algorithms;
  const auto read_one = [&](const json::Value& name) {
    std::string_view algorithm;
    if (read_choice<std::string_view>(name, problems, words::algorithms, algorithm))
      algorithms.emplace_back(algorithm);
  };
  if (value.kind == json::Kind::array)
    std::for_each(value.items.begin(), value.items.end(), read_one);
  else
    read_one(value);
  if (value.kind == json::Kind::array && value.items.empty())
    problems.add(value, "a challenge needs an algorithm");
  return algorithms;
}

Verb read_challenge(const json::Value& value, Problems& problems) {
  ChallengeWith with;
  constexpr std::array<Choice<int>, 2> statuses{{{"401", 401}, {"407", 407}}};
  const Fields fields(value, keys::challenge, problems);
  const json::Value* const status = fields.find("status");
  const bool is_known =
      status != nullptr && status->kind == json::Kind::number &&
      (status->number == statuses[0].value || status->number == statuses[1].value);
  if (is_known)
    with.status = static_cast<int>(status->number);
  else if (status != nullptr)
    problems.add_wrong(*status, "401 or 407");
  with.challenge.realm = "sipharness";
  fields.read("realm", with.challenge.realm);
  if (const json::Value* const algorithms = fields.find("algorithm"))
    with.algorithms = read_algorithms(*algorithms, problems);
  fields.read("qop", with.challenge.qop_auth);
  fields.read("stale", with.challenge.stale);
  fields.read("admits", with.admits);
  return with;
}

Verb read_provisional(const json::Value& value, Problems& problems) {
  Provisional provisional;
  const Fields fields(value, keys::provisional, problems);
  fields.read_integer("status", {100, 199}, provisional.status);
  fields.read("after", provisional.after);
  return provisional;
}

using VerbReader = Verb (*)(const json::Value&, Problems&);

constexpr std::array<Choice<VerbReader>, 7> verb_readers{{
    {"accept", read_accept},
    {"drop", read_switch<Drop>},
    {"delay", read_delay},
    {"reject", read_reject},
    {"challenge", read_challenge},
    {"provisional", read_provisional},
    {"mute", read_switch<Mute>},
}};

}  // namespace

Verb read_verb(const json::Value& rule, Problems& problems) {
  Verb verb;
  int verbs = 0;
  for (const Choice<VerbReader>& reader : verb_readers) {
    const json::Value* const value = rule.find(reader.name);
    if (value == nullptr) continue;
    verb = reader.value(*value, problems);
    if (++verbs > 1) problems.add(*value, "a rule does one thing; this one has a second verb");
  }
  if (verbs == 0 && rule.kind == json::Kind::object)
    problems.add(rule, "the rule does nothing; it needs " +
                           enumerate(names_of(Choices<VerbReader>(verb_readers))));
  return verb;
}

}  // namespace sipharness::scenario
