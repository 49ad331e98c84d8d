#pragma once
// Which devices of a run are under test. In a lab others may come by: a phone of the neighbour's,
// or the right one with the wrong account. They are answered, told of, and not judged.

#include <set>

#include "harness/scenario/profile.hpp"
#include "harness/sip/message.hpp"
#include "harness/trace/trace.hpp"

namespace sipharness::run {

/// The accounts of so many devices; whichever registers first where any will do.
trace::Tested tested_of(const scenario::Profile& profile, unsigned devices);

/// Tells strangers by the REGISTERs they send, as they come.
class Strangers {
 public:
  explicit Strangers(trace::Tested tested) : tested_(std::move(tested)) {}
  /// Whether what this endpoint sends or gets concerns nobody under test.
  bool include(const Endpoint& device, const sip::MessageView& message);

 private:
  bool is_tested(std::string_view user);

  trace::Tested tested_;
  std::set<Endpoint> strangers_;
};

}  // namespace sipharness::run
