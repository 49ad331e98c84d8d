#pragma once
// The rows of the deviations, one file a family of requirements; a new family is one line here and
// one in deviation.cpp.

#include <vector>

#include "harness/dut/reference_ua/deviation.hpp"

/// The enumerator and its name, as a row begins.
#define SIPHARNESS_DEVIATION(id) Deviation::id, #id

namespace sipharness::dut {

std::vector<DeviationRow> basic_deviations();
std::vector<DeviationRow> register_deviations();
std::vector<DeviationRow> answer_deviations();
std::vector<DeviationRow> authentication_deviations();
std::vector<DeviationRow> called_deviations();
std::vector<DeviationRow> reach_deviations();
std::vector<DeviationRow> subscription_deviations();
std::vector<DeviationRow> call_deviations();
std::vector<DeviationRow> midcall_deviations();

}  // namespace sipharness::dut
