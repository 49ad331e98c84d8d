#include "harness/verdict/run_name.hpp"

namespace sipharness::verdict {

std::string full_name(const Result& result) {
  return result.variant.empty() ? result.scenario : result.scenario + "/" + result.variant;
}

std::string name_of(const Result& result) {
  return result.scenario.empty() ? result.capture.file : full_name(result);
}

}  // namespace sipharness::verdict
