#pragma once
// Puts the fragments of IP packets together. Hostile input: the number of packets under way, their
// size and their age are bounded; what does not fit is given up.
// @source RFC 791 §3.2, RFC 8200 §4.5 (60 s), RFC 5722 (overlaps are refused)

#include <list>
#include <map>
#include <optional>
#include <string>

#include "harness/packet/decode.hpp"

namespace sipharness::capture {

class Reassembler {
 public:
  /// Takes one fragment; gives the whole payload once the last missing one came. It is valid until
  /// the next call.
  std::optional<std::string_view> add(CaptureTime at, const packet::IpPacket& fragment);

  std::size_t under_way() const { return packets_.size(); }

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
    CaptureTime first;
    std::map<std::uint32_t, std::string> pieces;  ///< by offset, without overlap
    std::size_t received = 0;
    std::optional<std::size_t> total;
  };

  Partial& partial(CaptureTime at, const Key& key);
  void drop_old(CaptureTime at);
  std::optional<std::string_view> finish(const Partial& packet);

  std::list<Partial> packets_;  ///< oldest first
  std::string whole_;
};

}  // namespace sipharness::capture
