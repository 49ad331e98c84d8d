#include "harness/journal/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

namespace sipharness::journal {
namespace {

std::string line_place(const std::string& path, std::size_t line) {
  return fmt::format("{}:{}", path, line);
}

/// Times as the file has them count from the start of the recording.
void count_from_zero(Journal& journal) {
  const auto zero = std::ranges::find_if(journal, [](const Entry& entry) {
    return std::holds_alternative<ScenarioZero>(entry.event);
  });
  if (zero == journal.end()) return;
  const Duration offset = zero->at;
  for (Entry& entry : journal) entry.at -= offset;
}

}  // namespace

std::string describe(const Diverted& diverted) {
  return fmt::format(
      "the {} sends no {} to {}, which {} names: give --allow-targets {} if it is to",
      diverted.server, diverted.what, diverted.named, diverted.heard_from, diverted.named);
}

Expected<Journal> read_journal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  Journal journal;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    Expected<Entry> entry = from_line(line, line_place(path, number));
    const bool is_unfinished = file.eof();
    if (!entry && is_unfinished) break;
    if (!entry) return tl::unexpected(std::move(entry.error()));
    journal.push_back(*std::move(entry));
  }
  if (!journal.empty() && !std::holds_alternative<Clock>(journal.front().event)) {
    return failure(line_place(path, 1), "a journal begins with the event \"clock\"");
  }
  count_from_zero(journal);
  return journal;
}

}  // namespace sipharness::journal
