#include "harness/stage/journal_file.hpp"

#include <cerrno>
#include <cstring>
#include <variant>

#include <fmt/format.h>

#include "harness/base/setup_error.hpp"

namespace sipharness::stage {

JournalFile::JournalFile(const std::string& path, const world::World& world, TimePoint zero,
                         bool flush)
    : file_(std::fopen(path.c_str(), "w")), world_(world), zero_(zero), flush_(flush) {
  if (!file_) throw SetupError(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

void JournalFile::write(const journal::Event& event) {
  write(event, world_.now());
}

void JournalFile::write(const journal::Event& event, TimePoint at) {
  // What servers and devices still say to each other while they are put away is in no capture.
  if (is_over_) return;
  is_over_ = std::holds_alternative<journal::Ended>(event);
  const std::string line = journal::to_line({at - zero_, event}) + "\n";
  if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size()) failed_ = true;
  if (flush_ && std::fflush(file_.get()) != 0) failed_ = true;
}

}  // namespace sipharness::stage
