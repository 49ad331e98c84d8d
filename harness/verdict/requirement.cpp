#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::must:
      return "must";
    case Severity::should:
      return "should";
    case Severity::vendor:
      return "vendor";
    case Severity::quality:
      return "quality";
    case Severity::info:
      return "info";
  }
  return "";
}

}  // namespace sipharness::verdict
