#include "harness/dut/external/external_device.hpp"

#include <utility>

#include <fmt/format.h>

namespace sipharness::dut {

using scenario::DeviceVerb;

std::string task_of(const scenario::DeviceStep& step, const std::string& called, bool is_off) {
  switch (step.verb) {
    case DeviceVerb::boot:
      return is_off ? fmt::format("switch {} on", called)
                    : fmt::format("restart {} (power off and on)", called);
    case DeviceVerb::dial:
      return fmt::format("dial {} on {}", step.number, called);
    case DeviceVerb::answer:
      return fmt::format("answer the call that {} rings for", called);
    case DeviceVerb::reject:
      return fmt::format("reject the call that {} rings for", called);
    case DeviceVerb::hang_up:
      return fmt::format("hang up on {}", called);
    case DeviceVerb::hold:
      return fmt::format("put the call on hold on {}", called);
    case DeviceVerb::resume:
      return fmt::format("take the call off hold on {}", called);
    case DeviceVerb::restart:
      return fmt::format("restart {} (power off and on)", called);
    case DeviceVerb::shutdown:
      return fmt::format("switch {} off", called);
    case DeviceVerb::move:
      return fmt::format("give {} another address, without a restart", called);
  }
  return fmt::format("{} on {}", to_string(step.verb), called);
}

ExternalDevice::ExternalDevice(Operator& person, ExternalDeviceOptions options)
    : operator_(person),
      options_(std::move(options)),
      power_(options_.was_up_before ? Power::on : Power::unknown) {}

bool ExternalDevice::perform(const scenario::DeviceStep& step) {
  const bool is_off = power_ == Power::off;
  // Nobody knows of a device met for the first time whether it is on: it registers when it is.
  const bool comes_by_itself = step.verb == DeviceVerb::boot && power_ == Power::unknown;
  power_ = step.verb == DeviceVerb::shutdown ? Power::off : Power::on;
  if (!comes_by_itself)
    operator_.ask(
        {options_.name, std::string(to_string(step.verb)), task_of(step, options_.called, is_off)});
  return false;
}

}  // namespace sipharness::dut
