#pragma once
// Devices that are not under test, told by the accounts they register while a run goes on.

#include <set>

#include "harness/sip/message.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::stage {

/// Tells strangers by the REGISTERs they send, as they come.
class Strangers {
 public:
  explicit Strangers(trace::Tested tested) : tested_(std::move(tested)) {}
  /// Whether what this endpoint sends or gets concerns nobody under test.
  bool include(const Endpoint& device, const sip::MessageView& message);

 private:
  bool is_tested(std::string_view user);
  void remember(const Endpoint& device, bool is_under_test);

  trace::Tested tested_;
  std::set<Endpoint> tested_devices_;
  std::set<Endpoint> strangers_;
};

}  // namespace sipharness::stage
