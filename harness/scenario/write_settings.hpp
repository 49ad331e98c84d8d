#pragma once
// Settings of a device as JSON, as scenarios (`configure`) and profiles both have them.

#include <nlohmann/json.hpp>

#include "harness/scenario/profile.hpp"

namespace sipharness::scenario {

inline nlohmann::ordered_json json_of(const OptionsKeepAlive& keep_alive) {
  return nlohmann::ordered_json{{"interval", format_duration(keep_alive.interval)},
                                {"max_lost", keep_alive.max_lost}};
}

nlohmann::ordered_json json_of(const Drive& drive);

}  // namespace sipharness::scenario
