#include "harness/verdict/finding.hpp"

namespace sipharness::verdict {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::not_applicable:
      return "not_applicable";
    case Verdict::info:
      return "info";
    case Verdict::pass:
      return "pass";
    case Verdict::warn:
      return "warn";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::fail:
      return "fail";
  }
  return "";
}

void Instances::keep_first(std::size_t count) {
  if (size() <= count) return;
  total_ = total();
  shared_ = std::make_shared<std::vector<Instance>>(begin(),
                                                    begin() + static_cast<std::ptrdiff_t>(count));
}

std::string_view to_string(Blame blame) {
  switch (blame) {
    case Blame::device:
      return "device";
    case Blame::harness:
      return "harness";
    case Blame::host:
      return "host";
    case Blame::network:
      return "network";
    case Blame::user:
      return "user";
  }
  return "";
}

}  // namespace sipharness::verdict
