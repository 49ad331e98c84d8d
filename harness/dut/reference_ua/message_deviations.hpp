#pragma once
// The deviations that are visible in what a message says, as tables of edits. Every request of the
// reference UA passes through here on its way out, once; retransmissions repeat the outcome. So
// does every response, each time that it is sent.

#include <string>

#include "harness/base/rng.hpp"
#include "harness/dut/reference_ua/deviation.hpp"
#include "harness/sip/transaction/layer.hpp"

namespace sipharness::dut {

class MessageDeviations {
 public:
  MessageDeviations(const DeviationSet& deviations, const Rng& rng, const Endpoint& secondary)
      : deviations_(deviations), rng_(rng), secondary_(secondary) {}

  /// `request` as it goes out by `hop`; unchanged without deviations.
  std::string apply(std::string request, const sip::Hop& hop);
  std::string apply_to_response(std::string response, const sip::Hop& hop);

 private:
  DeviationSet deviations_;
  Rng rng_;
  Endpoint secondary_;
  std::string last_invite_branch_;
};

}  // namespace sipharness::dut
