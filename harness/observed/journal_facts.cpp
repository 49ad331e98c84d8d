#include "harness/observed/journal_facts.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <variant>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {
namespace {

using trace::ServerRole;

/// Follows one server through the journal; silent and closed may overlap and make one outage. One
/// that has several machines is out while all of them are.
class ServerState {
 public:
  ServerState(ServerRole server, std::size_t machines, std::vector<Outage>& outages)
      : server_(server), machines_(machines), outages_(outages) {}

  void set_silent(const std::string& machine, bool silent, CaptureTime at) {
    mark(silent_, machine, silent);
    update(at);
  }
  void set_closed(const std::string& machine, bool closed, CaptureTime at) {
    mark(closed_, machine, closed);
    update(at);
  }

 private:
  using Machines = std::set<std::string, std::less<>>;

  static void mark(Machines& machines, const std::string& machine, bool is_one) {
    if (is_one)
      machines.insert(machine);
    else
      machines.erase(machine);
  }

  void update(CaptureTime at) {
    Machines out = silent_;
    out.insert(closed_.begin(), closed_.end());
    const bool is_out = !out.empty() && out.size() >= machines_;
    if (is_out && !current_) {
      current_ = outages_.size();
      outages_.push_back({server_, at, at, false, false});
    }
    if (!current_) return;
    Outage& outage = outages_[*current_];
    outage.port_closed = outage.port_closed || !closed_.empty();
    if (is_out) return;
    outage.until = at;
    outage.recovered = true;
    current_.reset();
  }

  ServerRole server_;
  std::size_t machines_;
  std::vector<Outage>& outages_;
  std::optional<std::size_t> current_;
  Machines silent_;
  Machines closed_;
};

std::size_t machines_of(const trace::Trace& trace, ServerRole role) {
  return static_cast<std::size_t>(std::ranges::count(trace.servers, role, &trace::Server::role));
}

}  // namespace

JournalFacts::JournalFacts(const trace::Trace& trace) : zero_(trace.zero) {
  for (const journal::Entry& entry : trace.journal)
    std::visit(
        [&]<class Event>(const Event& event) {
          std::get<std::vector<Timed<Event>>>(events_).push_back({trace.time_of(entry), &event});
        },
        entry.event);
  find_outages(trace);
  find_faults();
  find_what_devices_did(trace);
}

void JournalFacts::find_outages(const trace::Trace& trace) {
  std::map<ServerRole, ServerState> states;
  const auto state = [&](const std::string& server) -> ServerState& {
    const ServerRole role = trace::role_of(server);
    return states.try_emplace(role, role, machines_of(trace, role), outages_).first->second;
  };
  for (const journal::Entry& entry : trace.journal) {
    const CaptureTime at = trace.time_of(entry);
    if (const auto* phase = std::get_if<journal::Phase>(&entry.event)) {
      state(phase->server).set_silent(phase->server, phase->silent, at);
    } else if (const auto* port = std::get_if<journal::Port>(&entry.event)) {
      state(port->server).set_closed(port->server, !port->open, at);
    }
  }
  for (Outage& outage : outages_) {
    if (!outage.recovered) outage.until = trace.last;
    outages_at_[static_cast<std::size_t>(outage.server)].push_back(outage);
  }
}

void JournalFacts::find_faults() {
  const auto add = [this](const auto& events) {
    for (const auto& one : events)
      faults_[static_cast<std::size_t>(trace::role_of(one.event->server))].push_back(one.at);
  };
  add(all<journal::Withheld>());
  add(all<journal::Delayed>());
  const auto is_by_chance = [](const auto& one) { return one.event->rule == journal::by_chance; };
  is_lossy_ = std::ranges::any_of(all<journal::Ignored>(), is_by_chance) ||
              std::ranges::any_of(all<journal::Withheld>(), is_by_chance);
  for (std::vector<CaptureTime>& times : faults_) std::ranges::sort(times);
}

void JournalFacts::find_what_devices_did(const trace::Trace& trace) {
  const std::size_t others = trace.devices.size();
  std::unordered_map<std::string_view, std::size_t> numbers;
  for (std::size_t device = 0; device < others; ++device)
    numbers.try_emplace(trace.devices[device].name, device);
  const auto number_of = [&](std::string_view name) {
    const auto known = numbers.find(name);
    return known == numbers.end() ? others : known->second;
  };
  actions_.resize(others + 1);
  for (const auto& one : all<journal::Action>())
    actions_[number_of(one.event->device)].push_back(one);
  first_exits_.resize(others + 1);
  for (const auto& one : all<journal::DeviceState>()) {
    auto& first = first_exits_[number_of(one.event->device)];
    if (one.event->state == "exited" && !first) first = one;
  }
}

std::vector<Timed<journal::Action>> JournalFacts::actions_of(std::size_t device) const {
  const auto& unknown = actions_.back();
  if (device + 1 >= actions_.size()) return unknown;
  std::vector<Timed<journal::Action>> both;
  std::ranges::merge(actions_[device], unknown, std::back_inserter(both), {},
                     &Timed<journal::Action>::at, &Timed<journal::Action>::at);
  return both;
}

std::optional<Timed<journal::DeviceState>> JournalFacts::first_exit(std::size_t device) const {
  const auto& unknown = first_exits_.back();
  if (device + 1 >= first_exits_.size()) return unknown;
  const auto& own = first_exits_[device];
  return own && !(unknown && unknown->at < own->at) ? own : unknown;
}

Duration JournalFacts::worst_lag(CaptureTime from, CaptureTime to) const {
  /// policy: what a host that stood still does late, it does within this of being told so.
  constexpr Duration aftermath = 100ms;
  const auto lags = all<journal::Lag>();
  auto lag = std::ranges::lower_bound(lags, from - aftermath, {}, &Timed<journal::Lag>::at);
  CaptureTime covered_from = lag == lags.begin() ? zero_ : std::prev(lag)->at;
  Duration worst{};
  for (; lag != lags.end() && covered_from <= to; ++lag) {
    worst = std::max(worst, lag->event->worst);
    covered_from = lag->at;
  }
  return worst;
}

}  // namespace sipharness::observed
