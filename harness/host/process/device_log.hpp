#pragma once
// What a device printed and what was said to it, line by line, as a file of bounded size. Secrets
// never reach it, and neither do control characters: it is read in a terminal.
//  1. Every line is on disk before write() returns.
//  2. Past the limit nothing more is kept; the last line says so.
//  3. A full disk is not this file's to tell: the journal beside it does.

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace sipharness::host {

/// policy: what is shorter stands in every second word by chance; it is left where it is.
inline constexpr std::size_t shortest_secret = 4;

/// `text` with each secret replaced by ***, for logs and copies of configuration files.
std::string redacted(std::string text, const std::vector<std::string>& secrets);

class DeviceLog {
 public:
  struct Options {
    std::string path;
    std::vector<std::string> secrets{};
    std::size_t limit = 8UL * 1024 * 1024;
  };
  /// Throws SetupError if the file cannot be made.
  explicit DeviceLog(Options options);
  /// "12.345 < text": '<' for what the device said, '>' for what it was told, '|' for notes.
  void write(Duration at, char mark, std::string_view text);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  Options options_;
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t written_ = 0;
};

}  // namespace sipharness::host
