#include "harness/verdict/finding.hpp"

#include <iterator>

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
  const auto first = shared_->begin();
  const auto last = first + static_cast<std::ptrdiff_t>(count);
  shared_ = shared_.use_count() == 1 ? std::make_shared<std::vector<Instance>>(
                                           std::move_iterator(first), std::move_iterator(last))
                                     : std::make_shared<std::vector<Instance>>(first, last);
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
