#pragma once
// Turns "every request of the device" into one passing instance or one instance a violation.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/check/judge.hpp"
#include "harness/observed/phone.hpp"

namespace sipharness::check {

/// Asks `question` of every request of the device; an answer is a violation, one instance each.
/// What is fine is counted and passed once: "`fine`: n requests".
class RequestTally {
 public:
  using Question = std::function<std::optional<std::string>(const trace::Message&)>;
  RequestTally(const Phone& phone, Judge& judge) : phone_(phone), judge_(judge) {}
  /// `method` unknown means every method.
  void ask(sip::Method method, std::string_view fine, const Question& question);

 private:
  const Phone& phone_;
  Judge& judge_;
};

}  // namespace sipharness::check
