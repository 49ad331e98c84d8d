#pragma once
// What a ladder shows of the journal beside the messages.

#include <optional>
#include <string>
#include <string_view>

#include "harness/journal/journal.hpp"

namespace reports {

struct JournalWords {
  std::string who;  ///< "primary", the name of a device, or empty: all
  std::string_view
      kind;  ///< "fault", "action", "far end", "device", "withheld", "delayed", "run", "end"
  std::string text;
};

/// Nothing for entries that the capture shows by itself, or that are the host's own affair.
std::optional<JournalWords> words_of(const sipharness::journal::Event& event);

}  // namespace reports
