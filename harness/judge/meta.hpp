#pragma once
// run.json: the few facts of a run that stand in no other file of its folder and that a report
// names.

#include <string>

#include "harness/base/expected.hpp"

namespace sipharness::judge {

struct Meta {
  std::string clock;  ///< "virtual" or "real"
  std::uint64_t seed = 1;
  std::string device_kind;  ///< "reference", "process:baresip"
  /// Which run was asked for, as a digest: a batch that goes on knows its runs by it.
  std::string request{};
};

std::string to_json(const Meta& meta);
Expected<Meta> read_meta(const std::string& path);

}  // namespace sipharness::judge
