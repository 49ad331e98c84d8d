#pragma once
// Files and folders of this host: the few calls that reading and writing run folders needs.

#include <string>
#include <string_view>

#include "harness/base/expected.hpp"

namespace sipharness::files {

/// The whole file, at most 256 MiB.
Expected<std::string> read_file(const std::string& path);

/// Replaces the file as a whole (output.hpp says how). Throws SetupError.
void write_file(const std::string& path, std::string_view text);

/// The folder and those above it. Throws SetupError.
void make_folders(const std::string& path);

bool is_folder(const std::string& path);
std::string file_name(const std::string& path);

/// A new folder `base`/`name`-YYYYMMDD-HHMMSS (local time), numbered if it is there already; the
/// link `base`/latest points at it afterwards. Throws SetupError.
std::string make_run_folder(const std::string& base, const std::string& name);

/// Copies a folder with everything in it into the folder `base`, under its own name, numbered if it
/// is there already; the new path. Throws SetupError.
std::string copy_folder(const std::string& from, const std::string& base);

/// Removes a run folder in which nothing was written; the link `latest` beside it then points at
/// the newest one that is left. A folder that holds something stays.
void remove_empty_run_folder(const std::string& path);

/// A folder that only this user can look into, removed with everything in it. It is locked as long
/// as its process lives: one that no process holds was left by a harness that was killed
/// (abandoned_folders.hpp).
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int lock_ = -1;
};

}  // namespace sipharness::files
