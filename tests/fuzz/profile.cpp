// A profile: what can be read can be written and is the same again.

#include "harness/scenario/profile.hpp"

#include <string>

#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto profile = scenario::read_profile(text, "p.json");
  if (!profile) return 0;
  const auto again = scenario::read_profile(scenario::to_json(*profile), "p.json");
  fuzz::expect(again == *profile, "a profile that was written is read as it was");
  return 0;
}
