#pragma once
// Puts the fragments of IP packets together. Hostile input: the number of packets under way, their
// size and their age are bounded; what does not fit is given up.
//  1. Fragments may come in any order, and several times.
//  2. Where they overlap with the same bytes, IPv4 packets are joined and IPv6 ones given up, as
//     RFC 5722 has it. With other bytes, which of them a receiver took is not known: given up too.
// @source RFC 791 §3.2, RFC 8200 §4.5 (60 s), RFC 5722 (overlaps)

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "harness/packet/decode.hpp"

namespace sipharness::capture {

class Reassembler {
 public:
  /// A packet that was given up.
  struct Lost {
    bool is_in_conflict = false;  ///< its fragments contradict each other; else some did not come
    std::uint32_t frame = 0;      ///< of its first fragment to come
    CaptureTime at;
    IpAddress source;
    IpAddress destination;
    std::uint8_t protocol = 0;
    std::string_view beginning;  ///< of its payload; empty: that is missing
  };
  using OnLost = std::function<void(const Lost&)>;

  explicit Reassembler(OnLost on_lost) : on_lost_(std::move(on_lost)) {}

  /// Takes one fragment; gives the whole payload once the last missing one came. It is valid until
  /// the next call.
  std::optional<std::string_view> add(std::uint32_t frame, CaptureTime at,
                                      const packet::IpPacket& fragment);
  /// Gives up what is still under way.
  void finish();

 private:
  struct Key {
    IpAddress source;
    IpAddress destination;
    std::uint32_t id = 0;
    std::uint8_t protocol = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Partial {
    Key key;
    std::uint32_t frame = 0;
    CaptureTime first;
    std::string bytes{};
    std::map<std::size_t, std::size_t> known{};  ///< begin and end of what is there of `bytes`
    std::optional<std::size_t> total{};
    std::optional<CaptureTime> whole_since{};
    bool is_in_conflict = false;

    /// Whether this was there, with the same bytes.
    bool has(std::size_t offset, std::string_view piece) const;
    void take(const packet::IpPacket& fragment);
    void put(std::size_t offset, std::string_view piece);
  };

  Partial& partial(std::uint32_t frame, CaptureTime at, const packet::IpPacket& fragment);
  void drop_old(CaptureTime at);
  void drop_first();

  OnLost on_lost_;
  std::list<Partial>
      packets_;  ///< oldest first; whole ones stay, to know copies of their fragments
};

}  // namespace sipharness::capture
