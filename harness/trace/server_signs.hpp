#pragma once
// What tells a server from a phone where nobody registers: what each end says of itself, and what
// it says to the other. Every sign counts once for each end, however often it is seen.
//  1. One that is seen as a phone's and as a server's at the same end is a server's: servers pass
//     on what phones say, phones do not.
//  2. Linear in the messages; of each flow the first ones are read.
// @source RFC 3261 §16.6 (Record-Route, Max-Forwards), §22 (challenges), RFC 5626 §4.1, RFC 3842

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/base/endpoint.hpp"
#include "harness/trace/message_list.hpp"

namespace sipharness::trace {

/// All ports of a machine as one (port 0), but where both ends are on one machine.
Endpoint machine_of(const Endpoint& end, const Endpoint& peer);

class ServerSigns {
 public:
  /// `accounts`: user parts of the phones under test, where they are known.
  ServerSigns(const MessageList& messages, const std::vector<std::string>& accounts);

  /// Greater than 0: rather a server; less: rather a phone. `peer` is whom it speaks to.
  int score(const Endpoint& end, const Endpoint& peer) const;
  /// The difference of two scores that is no guess.
  static constexpr int certain = 2;
  /// What says most that `end` is a server, or that `peer` is a phone; empty: nothing does.
  std::string_view why_server(const Endpoint& end, const Endpoint& peer) const;

 private:
  /// Bit n: sign n was seen.
  struct Seen {
    std::uint32_t server = 0;
    std::uint32_t phone = 0;
    std::string_view user;  ///< the first that it called or was called as
    bool has_several_users = false;
  };

  void read(const Message& message, bool is_passed_on, const std::vector<std::string>& accounts);
  Seen seen_of(const Endpoint& end, const Endpoint& peer) const;

  /// By machine.
  std::unordered_map<Endpoint, Seen, EndpointHash> seen_;
};

}  // namespace sipharness::trace
