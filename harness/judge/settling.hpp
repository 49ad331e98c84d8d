#pragma once
// What a finding comes to that rests on a guess: its verdict, where the other guess shares it; else
// inconclusive, the user's to settle, with the option that settles it.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  /// `others`: the findings with the other guess, which must outlive this.
  Settling(Guess guess, const std::vector<verdict::Finding>& others);
  Settling(Guess guess, std::vector<verdict::Finding>&& others) = delete;

  void settle(verdict::Finding& finding) const;

 private:
  bool turns(verdict::Verdict taken, verdict::Verdict other) const;
  bool is_withdrawn_pass(verdict::Verdict taken, verdict::Verdict other) const;
  std::string reason(verdict::Verdict other) const;

  Guess guess_;
  std::map<std::pair<const verdict::Requirement*, std::string_view>, const verdict::Finding*>
      others_;
};

}  // namespace sipharness::judge
