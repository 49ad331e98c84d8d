#pragma once
// What a capture holds besides the SIP that is read: counted by protocol, so that a capture in
// which nothing can be judged says what was there instead. Memory is bounded.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/capture/decoder.hpp"

namespace sipharness::trace {

class Census {
 public:
  /// Packets of one protocol. `server` is its end that is known by its port; of a tunnel, an end.
  struct Entry {
    std::string_view protocol;  ///< "RTP", "TLS", "ESP"
    Endpoint server;
    Endpoint client;
    std::uint64_t packets = 0;
    std::uint32_t frame = 0;  ///< of the first
  };

  /// Named ones are told apart by their server; of others only the number is kept.
  void add(std::string_view protocol, const capture::Origin& origin);
  void add_for_server(std::string_view protocol, const capture::Origin& origin,
                      const Endpoint& server);
  void add_undecoded(std::string_view protocol, const capture::Origin& origin);

  std::uint64_t packets(std::string_view protocol) const;
  const std::vector<Entry>& entries() const { return entries_; }
  /// Protocols that are not decoded, each with its ends.
  const std::vector<Entry>& undecoded() const { return undecoded_; }
  std::uint64_t undecoded_packets() const;

  /// "no SIP message in 46 frames; TCP to port 5061 looks like TLS, which is not decrypted: …"
  std::string instead_of_sip(std::uint64_t frames) const;
  /// "4 of 7 frames carry ESP, which is not decoded"; empty: all are.
  std::string describe_undecoded(std::uint64_t frames) const;

 private:
  std::vector<Entry> entries_;
  std::vector<Entry> undecoded_;
};

}  // namespace sipharness::trace
