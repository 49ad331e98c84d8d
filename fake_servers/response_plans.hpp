#pragma once
// What rules do to the responses of the requests they matched, between the transactions and the
// sender: change them, say them again, say them with the Via of somebody else first, or from
// another port, and end the connection behind them.
//  1. Repeats count from the first final response and know nothing of an ACK.
//  2. While its time lasts, every response of the request goes out with a foreign sent-by; a final
//     one comes again as it should be when the time is over.
//  3. All of them are changed before anything else is done to them.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_servers/behaviour.hpp"
#include "fake_servers/outgoing.hpp"
#include "fake_servers/postponer.hpp"
#include "fake_servers/response_rewriter.hpp"
#include "harness/sip/transaction/layer.hpp"

namespace fake_servers {

class ResponsePlans {
 public:
  using Hop = sipharness::sip::Hop;
  struct Senders {
    std::function<void(Outgoing)> send;
    std::function<void(const Hop&, sipharness::scenario::Ending)> close;
  };

  /// `places`: what a rewrite may call the servers.
  ResponsePlans(sipharness::world::World& world, Variables places, Senders senders);

  /// `request`, which came by `hop`, matched `rule`.
  void note(const sipharness::sip::MessageView& request, const Hop& hop, const Rule& rule);
  void send(const Hop& hop, std::string_view bytes);
  /// Ends the connection of `hop` if the rule says so, and when.
  void close(const Rule& rule, const Hop& hop);

 private:
  struct Plan {
    const Rule* rule = nullptr;
    Rewritten request{};
    std::optional<sipharness::TimePoint> first{};  ///< response
    bool is_final = false;                         ///< a final response has left
  };

  Plan* plan_of(std::string_view bytes);
  void send_as_planned(Plan& plan, const Outgoing& response, bool is_final);
  void send_later(const Outgoing& response, sipharness::Duration after);

  sipharness::world::World& world_;
  Variables places_;
  Senders senders_;
  Postponer postponer_;
  std::map<const Rule*, std::size_t> turns_;  ///< requests that met it
  RecentMap<std::uint64_t, Plan> plans_;
};

}  // namespace fake_servers
