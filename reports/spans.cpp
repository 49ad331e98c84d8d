#include "reports/spans.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

namespace reports {
namespace {

using nlohmann::ordered_json;
using namespace sipharness;

std::int64_t microseconds(Duration since_zero) {
  return std::chrono::duration_cast<std::chrono::microseconds>(since_zero).count();
}

std::string_view word_of(story::BindingEnd end) {
  switch (end) {
    case story::BindingEnd::refreshed:
      return "refreshed";
    case story::BindingEnd::unregistered:
      return "unregistered";
    case story::BindingEnd::forgotten:
      return "forgotten";
    case story::BindingEnd::lapsed:
      return "lapsed";
    case story::BindingEnd::capture_ended:
      break;
  }
  return "capture_ended";
}

/// An answered call lasts until its BYE, any other until its final response or the last that was
/// sent for it.
CaptureTime end_of(const story::Call& call, const story::CallLeg& leg, CaptureTime last) {
  const bool is_answered = leg.final && leg.status >= 200 && leg.status < 300;
  if (is_answered) return call.ended ? std::max(call.ended->at, leg.final->at) : last;
  if (leg.final) return leg.final->at;
  return leg.cancelled ? std::max(leg.cancelled->at, leg.last_sent.at) : leg.last_sent.at;
}

ordered_json call_span(const story::Overview& overview, const story::Call& call) {
  ordered_json legs = ordered_json::array();
  for (const story::CallLeg& leg : call.legs) {
    const bool is_answered = leg.final && leg.status >= 200 && leg.status < 300;
    legs.push_back({to_string(leg.server), microseconds(leg.sent.at - overview.zero),
                    is_answered ? ordered_json(microseconds(leg.final->at - overview.zero))
                                : ordered_json(nullptr),
                    microseconds(end_of(call, leg, overview.last) - overview.zero),
                    leg.sent.frame});
  }
  return {{"number", call.number}, {"incoming", call.incoming}, {"legs", std::move(legs)}};
}

/// What a server is in, from when; taken out when that ends.
class OpenFaults {
 public:
  explicit OpenFaults(Duration end) : end_(end) {}

  void begin(const std::string& server, std::string_view kind, std::string name, Duration at,
             bool is_out) {
    close(server, kind, at);
    open_[{server, std::string(kind)}] = {std::move(name), at, is_out};
  }
  void close(const std::string& server, std::string_view kind, Duration at) {
    const auto found = open_.find({server, std::string(kind)});
    if (found == open_.end()) return;
    const auto& [name, from, is_out] = found->second;
    spans_.push_back({server, name, microseconds(from), microseconds(at), is_out ? 1 : 0});
    open_.erase(found);
  }
  ordered_json take() {
    while (!open_.empty()) {
      const auto [server, kind] = open_.begin()->first;
      close(server, kind, end_);
    }
    return std::move(spans_);
  }

 private:
  Duration end_;
  std::map<std::pair<std::string, std::string>, std::tuple<std::string, Duration, bool>> open_;
  ordered_json spans_ = ordered_json::array();
};

ordered_json faults_of_journal(const trace::Trace& trace) {
  OpenFaults faults(trace.last - trace.zero);
  for (const journal::Entry& entry : trace.journal) {
    if (const auto* phase = std::get_if<journal::Phase>(&entry.event)) {
      if (phase->phase.empty() && !phase->silent)
        faults.close(phase->server, "phase", entry.at);
      else
        faults.begin(phase->server, "phase", phase->phase, entry.at, phase->silent);
    }
    if (const auto* port = std::get_if<journal::Port>(&entry.event)) {
      if (port->open)
        faults.close(port->server, "port", entry.at);
      else
        faults.begin(port->server, "port", "port closed", entry.at, true);
    }
  }
  return faults.take();
}

/// Many phones see one outage, each from its own requests.
ordered_json faults_of_requests(const story::Story& story) {
  ordered_json spans = ordered_json::array();
  std::set<std::pair<std::string_view, CaptureTime>> told;
  const CaptureTime zero = story.overview.zero;
  for (const story::Phone& phone : story.phones)
    for (const story::Outage& one : phone.outages)
      if (told.emplace(to_string(one.server), one.from).second)
        spans.push_back({to_string(one.server), one.port_closed ? "port closed" : "no response",
                         microseconds(one.from - zero), microseconds(one.until - zero), 1});
  return spans;
}

}  // namespace

ordered_json phone_spans(const story::Overview& overview, const story::Phone& phone) {
  ordered_json bound = ordered_json::object();
  for (const story::RegistrationsAtServer& at : phone.registrations) {
    ordered_json& spans = bound[std::string(to_string(at.server))];
    spans = ordered_json::array();
    for (const story::Registration& one : at.attempts)
      if (one.binding)
        spans.push_back({microseconds(one.binding->from - overview.zero),
                         microseconds(one.binding->until - overview.zero),
                         word_of(one.binding->end)});
  }
  ordered_json calls = ordered_json::array();
  for (const story::Call& call : phone.calls)
    if (!call.legs.empty()) calls.push_back(call_span(overview, call));
  ordered_json out = {
      {"name", phone.name}, {"bound", std::move(bound)}, {"calls", std::move(calls)}};
  if (phone.timers.t1) out["t1"] = to_seconds(*phone.timers.t1);
  return out;
}

ordered_json fault_spans(const trace::Trace& trace, const story::Story& story) {
  return trace.has_journal() ? faults_of_journal(trace) : faults_of_requests(story);
}

}  // namespace reports
