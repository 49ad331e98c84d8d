#include "harness/dut/reference_ua/deviation.hpp"

#include <algorithm>

#include "harness/dut/reference_ua/deviation_rows.hpp"

namespace sipharness::dut {
namespace {

std::vector<DeviationRow> gather() {
  std::vector<DeviationRow> all;
  for (const auto& family : {basic_deviations(), register_deviations(), answer_deviations(),
                             reach_deviations(), authentication_deviations(), called_deviations(),
                             call_deviations(), midcall_deviations(), subscription_deviations()})
    all.insert(all.end(), family.begin(), family.end());
  std::ranges::sort(all, {}, &DeviationRow::id);
  return all;
}

}  // namespace

std::span<const DeviationRow> deviations() {
  static const std::vector<DeviationRow> table = gather();
  return table;
}

const DeviationRow* find_deviation(std::string_view name) {
  const auto row = std::ranges::find(deviations(), name, &DeviationRow::name);
  return row == deviations().end() ? nullptr : &*row;
}

}  // namespace sipharness::dut
