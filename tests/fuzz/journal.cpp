// A journal beside a sound capture: what can be read can be written and is the same again, and the
// run is judged by it.

#include "harness/journal/journal.hpp"

#include <string>

#include "harness/judge/judge.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/scratch_file.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  static const fuzz::ScratchFile file("journal");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  file.write(text);
  const auto entries = journal::read_journal(file.path());
  if (!entries) return 0;
  for (const journal::Entry& entry : *entries) {
    const std::string line = journal::to_line(entry);
    const auto again = journal::from_line(line, "journal:1");
    fuzz::expect(again && journal::to_line(*again) == line,
                 "an entry that was written can be read");
  }
  constexpr const char* field = SOURCE_ROOT "/tests/data/field/broken_unregister";
  const auto judged = judge::judge({.capture = std::string(field) + ".pcap",
                                    .scenario = std::string(field) + ".scenario.json",
                                    .journal = file.path()});
  fuzz::expect(judged.has_value(), "a sound capture is judged whatever the journal says");
  return 0;
}
