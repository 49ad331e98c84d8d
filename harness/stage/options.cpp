#include "harness/stage/options.hpp"

namespace sipharness::stage {

std::string DeviceChoice::text() const {
  switch (kind) {
    case DeviceKind::process:
      return "process:" + name;
    case DeviceKind::phone:
      return "phone";
    case DeviceKind::external:
      return "external";
    case DeviceKind::reference:
      break;
  }
  return "reference";
}

}  // namespace sipharness::stage
