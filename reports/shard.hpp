#pragma once
// A share of a campaign as a document.

#include <string>

#include "harness/campaign/shard.hpp"

namespace reports {

/// Format sipharness-shard/1.
std::string json(const sipharness::campaign::Shard& shard);

}  // namespace reports
