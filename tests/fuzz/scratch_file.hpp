#pragma once
// A file of this process for what can only be read from one; in memory where there is /dev/shm.

#include <string>
#include <string_view>

namespace sipharness::fuzz {

class ScratchFile {
 public:
  explicit ScratchFile(std::string_view name);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::string& path() const { return path_; }
  /// In place of what it held.
  void write(std::string_view bytes) const;

 private:
  std::string path_;
};

}  // namespace sipharness::fuzz
