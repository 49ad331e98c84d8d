#pragma once
// What verdicts rest on that nobody said, and what was not judged for want of it: gathered from the
// findings as they are made.

#include <set>
#include <string>
#include <string_view>

#include "harness/scenario/profile.hpp"
#include "harness/trace/trace.hpp"
#include "harness/verdict/finding.hpp"

namespace sipharness::judge {

class Knowledge {
 public:
  void look_at(const verdict::Finding& finding);

  /// For the notes of a result; of all findings, once they were looked at.
  std::set<std::string> notes(const scenario::Profile& profile, const trace::Trace& trace) const;

 private:
  bool lacks_guide_claim_ = false;
  std::set<std::string_view> lacks_password_;  ///< requirements
  std::set<std::string_view> would_be_broken_;
};

}  // namespace sipharness::judge
