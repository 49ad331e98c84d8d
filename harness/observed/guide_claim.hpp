#pragma once
// Whether the Server Redundancy Guide speaks of a phone: its profile claims it, or its User-Agent
// names a model of the series that the guide is written for.

#include <string_view>

#include "harness/observed/phone.hpp"

namespace sipharness::observed {

/// The model that a User-Agent names, "GRP2615"; empty if it names none of the GRP26xx.
/// @source guide.txt, "SIP Server Redundancy" (list of models)
std::string_view grp26xx_named_in(std::string_view user_agent);

bool claims_guide(const Phone& phone);

}  // namespace sipharness::observed
