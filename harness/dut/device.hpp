#pragma once
// A device under test as the stage drives it. The reference UA, softphone processes and phones
// implement it. Whatever it reports back goes to the journal only; the capture is what is judged.

#include <string>
#include <string_view>

#include "harness/scenario/scenario.hpp"

namespace sipharness::dut {

class Device {
 public:
  virtual ~Device() = default;
  virtual const std::string& name() const = 0;
  /// Carries out one step; true if the device (or its driver) says it was done. What is heard only
  /// later goes to the journal as Reported.
  virtual bool perform(const scenario::DeviceStep& step) = 0;
  /// False while it still lives the life before its boot: what it registers then is not the start
  /// of the scenario.
  virtual bool is_up() const { return true; }
  /// Ends it for good, after the capture did.
  virtual void stop() {}
};

}  // namespace sipharness::dut
