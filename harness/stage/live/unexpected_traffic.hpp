#pragma once
// What came from outside, kind by kind, for whoever waited for something else: a run that
// missed a step says what was there instead. It sees what the capture sees.
//  1. Only what others sent is told, not what the servers of the run said.
//  2. So many kinds are told apart; the rest is counted.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/scenario.hpp"
#include "harness/sip/message.hpp"
#include "harness/stage/live/decoder.hpp"

namespace sipharness::stage {

class UnexpectedTraffic final : public TrafficObserver {
 public:
  static constexpr std::size_t most_kinds = 12;

  /// `scenario` has addresses and outlives this.
  explicit UnexpectedTraffic(const scenario::Scenario& scenario) : scenario_(scenario) {}
  void on_message(const LiveMessage& message) override;
  void on_keep_alive(const capture::Origin& origin) override;
  void on_stream_event(const capture::Origin& origin, capture::StreamEvent event) override;
  void on_icmp(const capture::IcmpError& error) override;
  void on_arp() override;
  /// Everything from now on is new.
  void forget();
  /// "3 OPTIONS from 10.0.0.5:5060 to the primary, 1 REGISTER for 2001 from …"; "nothing".
  std::string text() const;

 private:
  bool is_ours(const Endpoint& endpoint) const;
  bool is_our_host(const IpAddress& address) const;
  /// "the primary", or the endpoint and that no server is there.
  std::string place_of(const Endpoint& endpoint) const;
  std::string kind_of(const sip::MessageView& message) const;
  /// `noun`: of what agrees with its number.
  void count(std::string_view noun, std::string rest);

  const scenario::Scenario& scenario_;
  struct Kind {
    std::string_view noun;
    std::string rest;
    std::size_t times = 1;
  };
  std::vector<Kind> kinds_;  ///< in the order they were first seen
  std::size_t others_ = 0;
};

}  // namespace sipharness::stage
