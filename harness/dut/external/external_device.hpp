#pragma once
// A device that nobody here started: it registers by itself, and whatever it is to do besides is
// asked of the person beside it (Operator).
//  1. Booting is asked for only once the device was up before: switched off by the timeline, or
//  left
//     from an earlier part of the same run.
//  2. Nothing is known to have happened until the person says so: perform() is false.

#include <string>

#include "harness/dut/device.hpp"
#include "harness/dut/external/operator.hpp"

namespace sipharness::dut {

struct ExternalDeviceOptions {
  std::string name = "phone";  ///< as trace and journal call it
  std::string called;          ///< to a person: "the device", "the device of account 1002"
  bool was_up_before = false;  ///< it has to be started anew to boot
};

/// What a person is asked to do for a step: "dial 2001 on the device".
std::string task_of(const scenario::DeviceStep& step, const std::string& called, bool is_off);

class ExternalDevice final : public Device {
 public:
  /// The operator must outlive it.
  ExternalDevice(Operator& person, ExternalDeviceOptions options);
  const std::string& name() const override { return options_.name; }
  bool perform(const scenario::DeviceStep& step) override;

 private:
  enum class Power : std::uint8_t { unknown, on, off };

  Operator& operator_;
  ExternalDeviceOptions options_;
  Power power_;
};

}  // namespace sipharness::dut
