#pragma once
// The findings of a result by what they are held against in another: requirement and device.

#include <string>
#include <vector>

#include "harness/verdict/result.hpp"

namespace sipharness::campaign {

struct DeviceRow {
  /// Empty where one device was judged, as that of a capture is named by its address; and of a
  /// fleet, of which another run keeps other devices: there the worst speaks for all.
  std::string device;
  const verdict::Finding* finding = nullptr;
};

std::vector<DeviceRow> device_rows(const verdict::Result& result);

}  // namespace sipharness::campaign
