#pragma once
// Where a person is asked besides at the terminal: a page in a browser. Nothing here waits.

#include <functional>
#include <optional>
#include <string>

#include "harness/base/time.hpp"

namespace sipharness::dut {

struct OperatorDesk {
  /// What to do and how long that may take; an empty task: nothing is asked any more.
  std::function<void(const std::string& task, Duration time)> show;
  /// Whether the task shown was done, once somebody there has said so.
  std::function<std::optional<bool>()> answer;

  bool is_there() const { return show && answer; }
};

}  // namespace sipharness::dut
