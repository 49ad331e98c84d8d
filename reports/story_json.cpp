// The story as JSON: everything, for scripts.

#include <nlohmann/json.hpp>

#include "reports/page.hpp"
#include "reports/story.hpp"
#include "reports/text.hpp"

namespace reports {
namespace {

using nlohmann::ordered_json;
using sipharness::CaptureTime;
using sipharness::Duration;
using sipharness::to_seconds;
using namespace sipharness::story;

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted:
      return "accepted";
    case Outcome::refused:
      return "refused";
    case Outcome::unanswered:
      return "unanswered";
    case Outcome::open:
      return "open";
  }
  return "open";
}

std::string_view word_of(BindingEnd end) {
  switch (end) {
    case BindingEnd::refreshed:
      return "refreshed";
    case BindingEnd::unregistered:
      return "unregistered";
    case BindingEnd::forgotten:
      return "forgotten";
    case BindingEnd::lapsed:
      return "lapsed";
    case BindingEnd::capture_ended:
      return "capture_ended";
  }
  return "capture_ended";
}

ordered_json seconds_or_null(const std::optional<Duration>& duration) {
  return duration ? ordered_json(to_seconds(*duration)) : ordered_json(nullptr);
}

ordered_json text_or_null(std::string_view text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json status_or_null(int status) {
  return status == 0 ? ordered_json(nullptr) : ordered_json(status);
}

class StoryJson {
 public:
  explicit StoryJson(const Story& story) : story_(story) {}

  ordered_json write(std::string_view file) const {
    ordered_json out = {{"format", "sipharness-story/1"},
                        {"capture", capture_json(file)},
                        {"roles", list(story_.overview.parties, &StoryJson::party_json)},
                        {"requests", counts_json(story_.requests)},
                        {"responses", counts_json(story_.responses)},
                        {"phones", list(story_.phones, &StoryJson::phone_json)},
                        {"hints", story_.hints},
                        {"left_out", list(story_.left_out, &StoryJson::left_out_json)}};
    return out;
  }

 private:
  template <class T>
  ordered_json list(const std::vector<T>& all,
                    ordered_json (StoryJson::*form)(const T&) const) const {
    ordered_json out = ordered_json::array();
    for (const T& one : all) out.push_back((this->*form)(one));
    return out;
  }

  double at(CaptureTime time) const { return to_seconds(time - story_.overview.zero); }

  ordered_json moment_json(const Moment& moment) const {
    return {{"at_s", at(moment.at)}, {"utc", date_and_time(moment.at)}, {"frame", moment.frame}};
  }
  ordered_json moment_or_null(const std::optional<Moment>& moment) const {
    return moment ? moment_json(*moment) : ordered_json(nullptr);
  }

  ordered_json capture_json(std::string_view file) const {
    const Overview& overview = story_.overview;
    return {{"file", file},
            {"frames", overview.frames},
            {"sip_messages", overview.sip_messages},
            {"first_utc", date_and_time(overview.first)},
            {"last_utc", date_and_time(overview.last)},
            {"zero_utc", date_and_time(overview.zero)},
            {"span_s", to_seconds(overview.last - overview.first)},
            {"vantage", overview.vantage},
            {"guesses", overview.guesses},
            {"faults", overview.faults},
            {"remarks", overview.remarks}};
  }

  ordered_json party_json(const Party& party) const {
    return {{"role", party.part},
            {"name", text_or_null(party.name)},
            {"account", text_or_null(party.account)},
            {"addresses", party.addresses},
            {"user_agent", text_or_null(party.user_agent)},
            {"under_test", party.under_test},
            {"known", text_or_null(party.known)}};
  }

  static ordered_json counts_json(const std::vector<Count>& counts) {
    ordered_json out = ordered_json::object();
    for (const Count& one : counts) out[one.what] = one.count;
    return out;
  }

  ordered_json left_out_json(const LeftOut& one) const {
    return {{"count", one.count}, {"what", one.what}, {"frames", one.frames}};
  }

  ordered_json phone_json(const Phone& phone) const {
    return {{"name", phone.name},
            {"account", text_or_null(phone.account)},
            {"under_test", phone.under_test},
            {"registrations", list(phone.registrations, &StoryJson::registrations_json)},
            {"calls", list(phone.calls, &StoryJson::call_json)},
            {"subscriptions", list(phone.subscriptions, &StoryJson::subscription_json)},
            {"unasked_notifies", phone.unasked_notifies},
            {"outages", list(phone.outages, &StoryJson::outage_json)},
            {"missing", list(phone.missing, &StoryJson::missing_json)},
            {"timers", timers_json(phone.timers)}};
  }

  ordered_json registrations_json(const RegistrationsAtServer& at) const {
    return {{"server", text_or_null(to_string(at.server))},
            {"attempts", list(at.attempts, &StoryJson::registration_json)}};
  }

  ordered_json registration_json(const Registration& one) const {
    ordered_json out = {{"sent", moment_json(one.sent)},
                        {"outcome", word_of(one.outcome)},
                        {"statuses", one.statuses},
                        {"answered", moment_or_null(one.answered)},
                        {"transmissions", one.transmissions},
                        {"asked_s", seconds_or_null(one.asked)},
                        {"granted_s", seconds_or_null(one.granted)},
                        {"retry_after_s", seconds_or_null(one.wait_asked)},
                        {"ends_registration", one.ends_registration},
                        {"is_refresh", one.is_refresh},
                        {"binding", nullptr}};
    if (one.binding)
      out["binding"] = {{"from_s", at(one.binding->from)},
                        {"until_s", at(one.binding->until)},
                        {"end", word_of(one.binding->end)}};
    return out;
  }

  ordered_json call_json(const Call& call) const {
    return {{"incoming", call.incoming},
            {"number", text_or_null(call.number)},
            {"dialled_s", call.dialled ? ordered_json(at(*call.dialled)) : ordered_json(nullptr)},
            {"legs", list(call.legs, &StoryJson::leg_json)},
            {"ended", moment_or_null(call.ended)},
            {"ended_at", text_or_null(to_string(call.ended_at))},
            {"ended_by", !call.ended           ? ordered_json(nullptr)
                         : call.ended_by_phone ? ordered_json("phone")
                                               : ordered_json("far end")}};
  }

  ordered_json leg_json(const CallLeg& leg) const {
    return {{"server", text_or_null(to_string(leg.server))},
            {"to", leg.to},
            {"sent", moment_json(leg.sent)},
            {"last_sent", moment_json(leg.last_sent)},
            {"requests", leg.requests},
            {"transmissions", leg.transmissions},
            {"first_response", moment_or_null(leg.first_response)},
            {"rang", moment_or_null(leg.rang)},
            {"final", moment_or_null(leg.final)},
            {"status", status_or_null(leg.status)},
            {"reason", text_or_null(leg.reason)},
            {"cancelled", moment_or_null(leg.cancelled)}};
  }

  ordered_json subscription_json(const Subscription& one) const {
    return {{"server", text_or_null(to_string(one.server))},
            {"event", text_or_null(one.event)},
            {"sent", moment_json(one.sent)},
            {"status", status_or_null(one.status)},
            {"granted_s", seconds_or_null(one.granted)},
            {"subscribes", one.subscribes},
            {"notifies", one.notifies},
            {"state", text_or_null(one.state)}};
  }

  ordered_json outage_json(const Outage& one) const {
    return {
        {"server", to_string(one.server)}, {"from_s", at(one.from)},
        {"until_s", at(one.until)},        {"recovered", one.recovered},
        {"port_closed", one.port_closed},  {"known_from", one.is_exact ? "journal" : "requests"}};
  }

  ordered_json missing_json(const Missing& one) const {
    return {{"what", one.what}, {"shown_by", moment_json(one.shown_by)}};
  }

  ordered_json timers_json(const Timers& timers) const {
    return {{"t1_s", seconds_or_null(timers.t1)},
            {"repeated_requests", timers.repeated},
            {"series", list(timers.series, &StoryJson::series_json)},
            {"measured", list(timers.measured, &StoryJson::measured_json)}};
  }

  ordered_json series_json(const Series& one) const {
    ordered_json intervals = ordered_json::array();
    for (const Duration interval : one.intervals) intervals.push_back(to_seconds(interval));
    return {{"what", one.what},
            {"first", moment_json(one.first)},
            {"intervals_s", std::move(intervals)},
            {"answered", one.answered}};
  }

  ordered_json measured_json(const Measured& one) const {
    return {{"what", one.what},
            {"count", one.count},
            {"shortest_s", to_seconds(one.shortest)},
            {"median_s", to_seconds(one.median)},
            {"longest_s", to_seconds(one.longest)}};
  }

  const Story& story_;
};

}  // namespace

std::string story_json(const Story& story, const StoryOptions& options) {
  const ordered_json document = StoryJson(story).write(options.file);
  return printable_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) +
         "\n";
}

}  // namespace reports
