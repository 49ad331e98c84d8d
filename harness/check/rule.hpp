#pragma once
// One requirement in one place: what it says (a row of the catalogue), what has to come true before
// it can be judged, and how it is judged. Rules stand in folders cut as the RFCs and the guide are;
// their cases (tests/harness/check) and deviations (harness/dut/reference_ua) in the same folders.

#include <array>
#include <string>
#include <string_view>

#include "harness/check/occurrence.hpp"
#include "harness/sip/message.hpp"

namespace sipharness::check {

/// Rows and what they need are written in these words.
using verdict::Blame;
using verdict::Severity;
/// Their judgements too.
using sip::HeaderId;
using sip::Method;

struct Rule {
  verdict::Requirement row;
  Needs needs{};
  /// Why the rule is not for this phone ("the profile switches rport off"); empty: it is.
  std::string_view (*unless)(const Phone&) = nullptr;
  Held held{};  ///< of `every`
  void (*judge)(const Phone&, Judge&) = nullptr;
  /// Each message is judged by what is in it: messages that the capture lacks take nothing from it.
  bool is_about_content = false;
  /// The rows of which a violation may only be another view: see check/follow.hpp.
  std::array<std::string_view, 2> follows{};
  bool is_about_two_servers = false;  ///< rules() sets it
  /// What the device must have to exercise it, a setting of its profile; empty: none. rules() sets
  /// it.
  std::string_view setting{};
  /// What a phone is told that nothing in its capture exercised it. rules() sets it.
  verdict::Instances unexercised{};
};

/// What a device does with two servers: nothing to ask where there is only one.
bool is_about_two_servers(const verdict::Requirement& row);
/// See Rule::setting.
std::string_view setting_of(const verdict::Requirement& row);

/// What one rule has to say of one phone. `collected` is used on the way.
verdict::Instances instances_of(const Rule& rule, const Phone& phone, Collected& collected);

}  // namespace sipharness::check
