#include "harness/trace/outage.hpp"

#include <algorithm>
#include <map>

namespace sipharness::trace {
namespace {

/// Follows one server through the journal; silent and closed may overlap and make one outage.
class ServerState {
 public:
  ServerState(ServerRole server, std::vector<Outage>& outages)
      : server_(server), outages_(outages) {}

  void set_silent(bool silent, CaptureTime at) {
    silent_ = silent;
    update(at);
  }
  void set_closed(bool closed, CaptureTime at) {
    closed_ = closed;
    update(at);
  }

 private:
  void update(CaptureTime at) {
    const bool is_out = silent_ || closed_;
    if (is_out && !current_) {
      current_ = outages_.size();
      outages_.push_back({server_, at, at, false, false});
    }
    if (!current_) return;
    Outage& outage = outages_[*current_];
    outage.port_closed = outage.port_closed || closed_;
    if (is_out) return;
    outage.until = at;
    outage.recovered = true;
    current_.reset();
  }

  ServerRole server_;
  std::vector<Outage>& outages_;
  std::optional<std::size_t> current_;
  bool silent_ = false;
  bool closed_ = false;
};

}  // namespace

std::vector<Outage> find_outages(const Trace& trace) {
  std::vector<Outage> outages;
  std::map<std::string, ServerState> states;
  const auto state = [&](const std::string& server) -> ServerState& {
    return states.try_emplace(server, role_of(server), outages).first->second;
  };
  for (const journal::Entry& entry : trace.journal) {
    const CaptureTime at = trace.time_of(entry);
    if (const auto* phase = std::get_if<journal::Phase>(&entry.event)) {
      state(phase->server).set_silent(phase->silent, at);
    } else if (const auto* port = std::get_if<journal::Port>(&entry.event)) {
      state(port->server).set_closed(!port->open, at);
    }
  }
  for (Outage& outage : outages) {
    if (!outage.recovered) outage.until = trace.last;
  }
  return outages;
}

bool is_out(const std::vector<Outage>& outages, ServerRole server, CaptureTime at) {
  return std::ranges::any_of(outages, [&](const Outage& outage) {
    const bool is_before_end = at < outage.until || !outage.recovered;
    return outage.server == server && outage.from <= at && is_before_end;
  });
}

}  // namespace sipharness::trace
