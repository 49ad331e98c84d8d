#pragma once
// What the capture lacks of SIP: frames that are cut or damaged, datagrams without all their
// fragments or with fragments that contradict each other, gaps in streams. What it lacks of
// anything else takes nothing from a verdict.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/capture/decoder.hpp"
#include "harness/trace/health.hpp"

namespace sipharness::trace {

class SipEndpoints;
class Trace;

class Holes {
 public:
  void add(const capture::Incomplete& packet);
  void add_gap(const capture::Origin& origin);
  /// A stream that is not read on, for a message that is too long.
  void add_unread(const capture::Origin& origin);

  /// The faults that they make of a trace whose roles are known.
  std::vector<Fault> faults(const Trace& trace) const;
  /// Packets of SIP with a wrong checksum that are no fault; empty: there are none. Whether they
  /// were damaged on the way or changed later is not known: no verdict hangs on it.
  std::string describe_changed(const Trace& trace) const;

 private:
  enum class Kind : std::uint8_t {
    cut,
    fragments_missing,
    fragments_in_conflict,
    damaged,  ///< no packet in it decodes, or, of known ends, a bit of it was turned
    changed,
    gap,
    unread
  };

  /// Those of one kind between two ends.
  struct Hole {
    Kind kind = Kind::cut;
    Endpoint source;
    Endpoint destination;
    bool looks_like_sip = false;
    std::uint64_t count = 0;
    std::uint32_t frame = 0;     ///< of the first
    std::uint32_t captured = 0;  ///< bytes of the longest frame that is cut
    CaptureTime from;
    CaptureTime until;
  };
  struct Key {
    Kind kind = Kind::cut;
    Endpoint source;
    Endpoint destination;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  class WrongChecksums;

  static Kind kind_of(capture::Incomplete::Why why);
  Hole& hole(Kind kind, const capture::Origin& origin);
  static bool concerns_sip(const Hole& hole, const SipEndpoints& sip);
  static bool has_wrong_checksums(const Hole& hole);
  static std::string describe(const Hole& hole);
  static std::optional<IpAddress> peer_in(const Hole& hole, const Trace& trace);

  std::vector<Hole> holes_;
  std::unordered_map<Key, std::size_t, KeyHash> indices_;
};

}  // namespace sipharness::trace
