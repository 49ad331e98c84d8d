#pragma once
// What the reference UA can do wrong on purpose: each deviation breaks one requirement and says so.
// They are how the self-test proves that a check can fail.

#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sipharness::dut {

/// Every deviation; the table in deviation.cpp names and explains each.
enum class Deviation : std::uint8_t {
  never_falls_back,
  count  ///< how many there are; no deviation
};

using DeviationSet = std::bitset<static_cast<std::size_t>(Deviation::count)>;

struct DeviationRow {
  Deviation id;
  std::string_view name;                   ///< as --deviate takes it
  std::string_view what;                   ///< one sentence
  std::string_view breaks;                 ///< the requirement it must fail (or warn) on
  std::vector<std::string_view> may_also;  ///< requirements that may follow suit
  std::string_view scenario;               ///< where the self-test shows it, by name
};

std::span<const DeviationRow> deviations();
const DeviationRow* find_deviation(std::string_view name);

}  // namespace sipharness::dut
