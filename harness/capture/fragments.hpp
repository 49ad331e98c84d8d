#pragma once
// Puts the fragments of IP packets together. Hostile input: the number of packets under way, their
// size and their age are bounded; what does not fit is given up.
// @source RFC 791 §3.2, RFC 8200 §4.5 (60 s), RFC 5722 (overlaps are refused)

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
  /// A packet that was given up because fragments of it did not come.
  struct Lost {
    std::uint32_t frame = 0;  ///< of its first fragment to come
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
    std::map<std::uint32_t, std::string> pieces;  ///< by offset, without overlap
    std::size_t received = 0;
    std::optional<std::size_t> total;
  };

  Partial& partial(std::uint32_t frame, CaptureTime at, const Key& key);
  void drop_old(CaptureTime at);
  void drop_first();
  std::optional<std::string_view> join(const Partial& packet);

  OnLost on_lost_;
  std::list<Partial> packets_;  ///< oldest first
  std::string whole_;
};

}  // namespace sipharness::capture
