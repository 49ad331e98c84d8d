#pragma once
// One result of a result file: the reverse of what reports/json.cpp writes.

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "harness/campaign/fields.hpp"
#include "harness/verdict/result.hpp"

namespace sipharness::campaign {

/// Requirements that stand in a file and not in this version's catalogue.
struct ForeignRows {
  std::deque<std::string> texts;
  std::deque<verdict::Requirement> rows;
  std::map<std::string_view, const verdict::Requirement*, std::less<>> by_id;
};

verdict::Result read_result(const json::Value& value, Reading& reading, ForeignRows& rows);

}  // namespace sipharness::campaign
