#include "harness/files/abandoned_folders.hpp"

#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sipharness::files {
namespace {

namespace fs = std::filesystem;

/// What mkdtemp() puts behind the prefix has this length.
constexpr std::size_t random_letters = 6;

bool is_name_of_ours(std::string_view name) {
  constexpr std::string_view prefix = "sipharness.";
  return name.starts_with(prefix) && name.size() == prefix.size() + random_letters;
}

bool is_abandoned(const fs::path& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return false;
  struct stat status {};
  const bool is_ours = ::fstat(folder, &status) == 0 && status.st_uid == ::geteuid();
  const bool is_free = is_ours && ::flock(folder, LOCK_EX | LOCK_NB) == 0;
  ::close(folder);
  return is_free;
}

}  // namespace

std::vector<std::string> abandoned_folders() {
  std::vector<std::string> found;
  std::error_code error;
  const fs::path all = fs::temp_directory_path(error);
  for (fs::directory_iterator entry(all, error), end; !error && entry != end;
       entry.increment(error))
    if (is_name_of_ours(entry->path().filename().string()) && is_abandoned(entry->path()))
      found.push_back(entry->path().string());
  return found;
}

void remove_folder(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
}

}  // namespace sipharness::files
