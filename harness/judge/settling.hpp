#pragma once
// What a finding comes to that rests on a guess: its verdict, where the other guess shares it; else
// inconclusive, the user's to settle, with the option that settles it.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/verdict/finding.hpp"

namespace sipharness::judge {

struct Guess {
  std::string taken;    ///< "taken for primary: 192.0.2.20:5060 (guessed: first REGISTER)"
  std::string instead;  ///< "with the roles the other way round"
  std::string option;   ///< what settles it: "--primary and --secondary name them"
  /// The traffic speaks for what was taken: a violation there stands.
  bool is_unlikely = false;
  /// What passes is another device's with the other guess.
  bool are_other_devices = false;
  /// Rows of an RFC are the same with either.
  bool concerns_settings_alone = false;
};

class Settling {
 public:
  explicit Settling(Guess guess) : guess_(std::move(guess)) {}

  /// Takes the findings of one device with the other guess.
  void add(std::span<verdict::Finding> others);

  /// Once all others are there.
  void settle(verdict::Finding& finding) const;

 private:
  bool turns(verdict::Verdict taken, verdict::Verdict other) const;
  bool is_withdrawn_pass(verdict::Verdict taken, verdict::Verdict other) const;
  std::string reason(verdict::Verdict other) const;

  Guess guess_;
  /// By requirement and device; none that does not apply.
  std::map<std::pair<const verdict::Requirement*, std::string>, verdict::Finding> others_;
};

}  // namespace sipharness::judge
