#pragma once
// A device that nobody here started or can order about: it registers by itself.

#include <string>
#include <utility>

#include "harness/dut/device.hpp"

namespace sipharness::dut {

class ExternalDevice final : public Device {
 public:
  explicit ExternalDevice(std::string name) : name_(std::move(name)) {}
  const std::string& name() const override { return name_; }
  /// Nothing was done by the order; whether the device did it anyway, the capture shows.
  bool perform(const scenario::DeviceStep&) override { return false; }

 private:
  std::string name_;
};

}  // namespace sipharness::dut
