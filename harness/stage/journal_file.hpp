#pragma once
// The journal of a run as a file that is whole up to its last line at any moment.

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "harness/journal/journal.hpp"
#include "harness/world/world.hpp"

namespace sipharness::stage {

class JournalFile final : public journal::Writer {
 public:
  /// Throws SetupError if the file cannot be made. Times are counted from `zero`; with `flush`
  /// every line reaches the disk at once (real time: the harness may be killed). Ended is the last
  /// entry; what would follow is left out.
  JournalFile(const std::string& path, const world::World& world, TimePoint zero, bool flush);
  void write(const journal::Event& event) override;
  /// The same for something that began a moment ago; nothing was written since.
  void write(const journal::Event& event, TimePoint at);
  /// True once a line could not be written (full disk); what is buffered is written first.
  bool has_failed() const { return failed_ || (!flush_ && std::fflush(file_.get()) != 0); }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  const world::World& world_;
  TimePoint zero_;
  bool flush_;
  bool failed_ = false;
  bool is_over_ = false;
};

}  // namespace sipharness::stage
