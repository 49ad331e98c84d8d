#pragma once
// A softphone as device under test: started at boot from its profile's drive, driven through its
// control channel, ended politely or else for good. What it says goes to the journal as reports; it
// is never evidence.
//  1. Nothing runs before the first boot. Restart and shutdown let it end by its own means, so that
//     it takes its registrations back if that is what it does.
//  2. An end without an action is told as "exited" with its status; one that had to be forced
//     as "killed". Whether it hangs is judged from the capture.
//  3. Actions wait until it is ready; if it is not in time, that is reported and they are
//  discarded.
//  4. Its log is device.log of the run folder, its configuration device/ there; neither holds the
//     password.

#include <memory>
#include <string>

#include "harness/dut/device.hpp"
#include "harness/dut/process/variables.hpp"
#include "harness/journal/journal.hpp"
#include "harness/scenario/scenario.hpp"

namespace sipharness::host {
class RealWorld;
}

namespace sipharness::dut {

class ProcessDevice final : public Device {
 public:
  struct Options {
    std::string name = "phone";
    std::string stem = "device";  ///< of its log and its folder in the run folder
    Variables::Values values;     ///< without the home, which is made
  };
  ProcessDevice(host::RealWorld& world, journal::Writer& journal, Options options);
  ~ProcessDevice() override;

  const std::string& name() const override;
  bool perform(const scenario::DeviceStep& step) override;
  void stop() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sipharness::dut
