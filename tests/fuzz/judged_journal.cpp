// A journal beside a sound capture: the run is judged by it, whatever it says.

#include <string>

#include "harness/journal/journal.hpp"
#include "harness/judge/judge.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/scratch_file.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  static const fuzz::ScratchFile file("judged_journal");
  file.write({reinterpret_cast<const char*>(data), size});
  if (!journal::read_journal(file.path())) return 0;
  constexpr const char* field = SOURCE_ROOT "/tests/data/field/broken_unregister";
  const auto judged = judge::judge({.capture = std::string(field) + ".pcap",
                                    .scenario = std::string(field) + ".scenario.json",
                                    .journal = file.path()});
  fuzz::expect(judged.has_value(), "a sound capture is judged whatever the journal says");
  return 0;
}
