#pragma once
// What the journal of a run tells of the stimulus, sorted once and shared by all phones: events by
// their type, outages and other faults of each server. A foreign capture has none of it.
// @source ALG-OUT: requirements §0.4

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "harness/trace/trace.hpp"

namespace sipharness::observed {

/// A journal entry of one type; the trace owns the event.
template <class Event>
struct Timed {
  CaptureTime at;
  const Event* event = nullptr;
};

/// A span in which a server was silent (phase) or closed (port).
struct Outage {
  trace::ServerRole server = trace::ServerRole::none;
  CaptureTime from;
  CaptureTime until;  ///< trace end if it never came back
  bool recovered = false;
  bool port_closed = false;
  bool is_exact = true;  ///< else as far as requests show it: it may have ended before `until`
};

class JournalFacts {
 public:
  /// `trace` must outlive this.
  explicit JournalFacts(const trace::Trace& trace);

  /// Every entry of that type, in time order.
  template <class Event>
  std::span<const Timed<Event>> all() const {
    return std::get<std::vector<Timed<Event>>>(events_);
  }

  /// In the order of their beginnings.
  const std::vector<Outage>& outages() const { return outages_; }
  const std::vector<Outage>& outages(trace::ServerRole server) const {
    return outages_at_[static_cast<std::size_t>(server)];
  }

  /// When the server withheld or delayed a response; sorted.
  const std::vector<CaptureTime>& faults(trace::ServerRole server) const {
    return faults_[static_cast<std::size_t>(server)];
  }

  /// The link lost packets by chance.
  bool is_lossy() const { return is_lossy_; }
  /// Those of that device (index into Trace::devices), and those of one that the trace does not
  /// know; in time order.
  std::vector<Timed<journal::Action>> actions_of(std::size_t device) const;
  /// Of that device, or of one that the trace does not know.
  std::optional<Timed<journal::DeviceState>> first_exit(std::size_t device) const;

  /// The worst lag our host admitted to between two instants; entries cover the time since the
  /// last.
  Duration worst_lag(CaptureTime from, CaptureTime to) const;

 private:
  template <class Variant>
  struct Lists;
  template <class... Events>
  struct Lists<std::variant<Events...>> {
    using Type = std::tuple<std::vector<Timed<Events>>...>;
  };

  void find_outages(const trace::Trace& trace);
  void find_faults();
  void find_what_devices_did(const trace::Trace& trace);

  CaptureTime zero_;
  Lists<journal::Event>::Type events_;
  std::vector<Outage> outages_;
  std::array<std::vector<Outage>, 3> outages_at_;
  std::array<std::vector<CaptureTime>, 3> faults_;
  bool is_lossy_ = false;
  /// By device, then those of others.
  std::vector<std::vector<Timed<journal::Action>>> actions_;
  std::vector<std::optional<Timed<journal::DeviceState>>> first_exits_;
};

}  // namespace sipharness::observed
