// A scenario file: errors have a place, and what can be read can be written and is the same again.

#include "harness/scenario/scenario.hpp"

#include <string>

#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto scenarios = scenario::read_scenarios(text, "s.json");
  if (!scenarios) {
    fuzz::expect(!scenarios.error().empty(), "a scenario that is refused has an error");
    return 0;
  }
  for (const scenario::Scenario& scenario : *scenarios) {
    const auto again = scenario::read_scenarios(scenario::to_json(scenario), "s.json");
    fuzz::expect(again && again->size() == 1, "a scenario that was written can be read");
    scenario::Scenario read = again->front();
    read.variant = scenario.variant;
    fuzz::expect(read == scenario, "a scenario that was written is read as it was");
  }
  return 0;
}
