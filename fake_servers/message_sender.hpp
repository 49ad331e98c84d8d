#pragma once
// Sends every SIP message of a server, or withholds it because of a fault.
//  1. In a silent or mute moment nothing leaves; who wanted to send does not notice.
//  2. Responses to a request that met a Mute rule stay here as long as that rule is active.
//  3. The ACKs of a call that withhold_acks() counts stay here.
//  4. What left, by whichever port, is journalled as Sent, what did not as Withheld; what the link
//  doubled left twice.

#include <string>
#include <string_view>

#include "fake_servers/behaviour.hpp"
#include "fake_servers/lossy_link.hpp"
#include "fake_servers/other_port.hpp"
#include "fake_servers/outgoing.hpp"
#include "fake_servers/packet_log.hpp"
#include "fake_servers/postponer.hpp"
#include "fake_servers/scenario_clock.hpp"
#include "harness/sip/transport/transport.hpp"

namespace fake_servers {

class MessageSender {
 public:
  using Duration = sipharness::Duration;
  struct Parts {
    sipharness::world::World& world;
    sipharness::sip::SipTransport& transport;
    sipharness::journal::Writer& journal;
    PacketLog& log;
    const Behaviour& behaviour;
    const ScenarioClock& clock;
    LossyLink& link;
    std::string server;
    Duration t1;  ///< what the link delays by this or more is a fault
  };
  explicit MessageSender(const Parts& parts);

  /// What stands where a rule would in the journal while the power is cut.
  static constexpr std::string_view power_cut = "unplugged";

  /// While on, nothing leaves.
  void cut_power(bool on) { is_cut_off_ = on; }
  void send(const sipharness::sip::Hop& hop, std::string_view bytes);
  void send(Outgoing message);
  /// Keeps the responses to `request` back while `rule` is active.
  void mute(const sipharness::sip::MessageView& request, const Rule& rule);
  /// Keeps the next `acks` ACKs with this Call-ID back.
  void withhold_acks(std::string_view call_id, std::uint32_t acks);

 private:
  void put_on_the_wire(const Outgoing& message);
  const Rule* withholding_rule(std::string_view bytes);
  bool is_withheld_ack(std::string_view bytes);
  void withhold(const std::string& rule, std::string_view bytes);

  Parts parts_;
  RecentMap<std::uint64_t, const Rule*> muted_;
  RecentMap<std::uint64_t, std::uint32_t> acks_left_;  ///< by Call-ID
  bool is_cut_off_ = false;
  OtherPort other_port_;
  Postponer postponer_;
};

}  // namespace fake_servers
