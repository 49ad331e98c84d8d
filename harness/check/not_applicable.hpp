#pragma once
// The one instance of a finding that does not apply. Of many phones most findings are such: those
// of one thread that say the same share it.

#include <cstddef>
#include <string_view>
#include <unordered_map>

#include "harness/verdict/finding.hpp"

namespace sipharness::check {

class NotApplicable {
 public:
  /// What their messages begin with: a literal.
  explicit NotApplicable(std::string_view beginning = {}) : beginning_(beginning) {}

  const verdict::Instances& because(std::string_view reason);

 private:
  /// Of few texts, which their ends and lengths tell apart.
  struct HashOfEnd {
    std::size_t operator()(std::string_view text) const noexcept;
  };

  std::string_view beginning_;
  /// By what stands behind the beginning: views into their messages.
  std::unordered_map<std::string_view, verdict::Instances, HashOfEnd> said_;
};

}  // namespace sipharness::check
