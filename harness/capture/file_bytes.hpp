#pragma once
// All bytes of a file: mapped where that is possible, else (a pipe, a compressed file) in memory.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/expected.hpp"
#include "harness/capture/pages.hpp"

namespace sipharness::capture {

class FileBytes {
 public:
  /// What is appended to the file later is not seen.
  static Expected<std::shared_ptr<const FileBytes>> read(const std::string& path);

  FileBytes() = default;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes();

  /// Expanded, if the file is compressed.
  std::string_view all() const;
  bool holds(std::string_view bytes) const;
  /// Compressed data that end early or are damaged.
  const std::optional<std::string>& fault() const { return fault_; }

 private:
  void unmap();

  void* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  Pages pages_;
  std::optional<std::string> fault_;
};

}  // namespace sipharness::capture
