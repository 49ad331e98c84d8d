#pragma once
// The one instance of a finding that does not apply. Of many phones most findings are such: those
// of one thread that say the same share it.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "harness/verdict/finding.hpp"

namespace sipharness::check {

/// What a message begins with that says what is needed.
inline constexpr std::string_view not_exercised = "not exercised: it needs ";

/// One instance that says so.
verdict::Instances not_applicable(std::string message);

class NotApplicable {
 public:
  const verdict::Instances& because(std::string_view reason);

 private:
  /// Of few texts, which their ends and lengths tell apart.
  struct HashOfEnd {
    std::size_t operator()(std::string_view text) const noexcept;
  };

  /// By views into their messages.
  std::unordered_map<std::string_view, verdict::Instances, HashOfEnd> said_;
};

}  // namespace sipharness::check
