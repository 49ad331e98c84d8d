#pragma once
// The tables of `matrix`: scenario by firmware, requirement by firmware.

#include <string>

#include "harness/campaign/matrix.hpp"

namespace reports {

/// Each firmware with a letter, then the scenarios, and the requirements that not every firmware
/// meets.
std::string console(const sipharness::campaign::Matrix& matrix);

/// Both tables whole.
std::string markdown(const sipharness::campaign::Matrix& matrix);

/// One page that needs nothing else. The pages of runs are relative to where it will stand.
std::string matrix_page(const sipharness::campaign::Matrix& matrix);

}  // namespace reports
