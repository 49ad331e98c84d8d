#pragma once
// Scenarios that ran several times: how often they passed, what is flaky, how intervals spread.

#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/result.hpp"

namespace sipharness::campaign {

/// What was measured against one window of one requirement: its retransmissions each have their
/// own.
struct Spread {
  std::string_view requirement;
  verdict::Window window;
  std::vector<Duration> measured;  ///< ascending

  /// The value that so many percent do not exceed (nearest rank); 0: the smallest.
  Duration percentile(std::size_t percent) const;
};

/// A requirement that was met in one run and violated in another.
struct Flaky {
  std::string_view requirement;
  std::string device;  ///< empty where there is one
  std::size_t passed = 0;
  std::size_t violated = 0;
};

struct Repeats {
  std::string scenario;  ///< with its variant
  std::size_t runs = 0;
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::vector<Flaky> flaky{};
  std::vector<Spread> spreads{};
};

/// One for each scenario of which there are several results, in order of the first of them.
std::vector<Repeats> repeats_of(const verdict::Batch& batch);

}  // namespace sipharness::campaign
