// A journal: what can be read can be written and is the same again.

#include "harness/journal/journal.hpp"

#include <string>

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/scratch_file.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sipharness;
  static const fuzz::ScratchFile file("journal");
  file.write({reinterpret_cast<const char*>(data), size});
  const auto entries = journal::read_journal(file.path());
  if (!entries) return 0;
  for (const journal::Entry& entry : *entries) {
    const std::string line = journal::to_line(entry);
    const auto again = journal::from_line(line, "journal:1");
    fuzz::expect(again && journal::to_line(*again) == line,
                 "an entry that was written is read as it was");
  }
  return 0;
}
