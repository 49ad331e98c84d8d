#pragma once
// What rules do to the responses of the requests they matched, between the transactions and the
// sender: say them again, or say them with the Via of somebody else first.
//  1. Repeats count from the first final response and know nothing of an ACK.
//  2. While its time lasts, every response of the request goes out with a foreign sent-by; a final
//     one comes again as it should be when the time is over.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_servers/behaviour.hpp"
#include "fake_servers/postponer.hpp"
#include "harness/sip/transaction/layer.hpp"

namespace fake_servers {

class ResponsePlans {
 public:
  using Send = std::function<void(const sipharness::sip::Hop&, std::string_view)>;

  ResponsePlans(sipharness::world::World& world, Send send);

  /// `request` matched `rule`.
  void note(const sipharness::sip::MessageView& request, const Rule& rule);
  void send(const sipharness::sip::Hop& hop, std::string_view bytes);

 private:
  struct Plan {
    std::vector<sipharness::Duration> repeat;
    std::optional<sipharness::Duration> foreign_sent_by;
    std::optional<sipharness::TimePoint> first;  ///< response
    bool is_final = false;                       ///< a final response has left
  };

  Plan* plan_of(std::string_view bytes);
  void send_later(const sipharness::sip::Hop& hop, std::string_view bytes,
                  sipharness::Duration after);

  sipharness::world::World& world_;
  Send send_;
  Postponer postponer_;
  RecentMap<std::uint64_t, Plan> plans_;
};

}  // namespace fake_servers
