#include "harness/files/files.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/base/setup_error.hpp"
#include "harness/files/output.hpp"

namespace sipharness::files {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_file = 256ULL * 1024 * 1024;

std::string reason() {
  return std::strerror(errno);
}

constexpr const char* latest_name = "latest";

/// Only a link of ours is removed; a file or folder of that name stays as it is.
void remove_link(const fs::path& link) {
  std::error_code error;
  if (fs::is_symlink(link, error)) fs::remove(link, error);
}

void point_latest_at(const fs::path& run) {
  const fs::path latest = run.parent_path() / latest_name;
  remove_link(latest);
  std::error_code error;
  fs::create_directory_symlink(run.filename(), latest, error);
}

/// `path`, numbered if it is there already.
std::string make_new_folder(const std::string& path) {
  std::error_code error;
  std::string made = path;
  for (int number = 2; !fs::create_directory(made, error); ++number) {
    if (error) throw SetupError(fmt::format("cannot make {}: {}", made, error.message()));
    made = fmt::format("{}-{}", path, number);
  }
  return made;
}

}  // namespace

Expected<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return failure(path, "is a folder, a file is needed");
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) return failure(path, error.message());
  if (size > largest_file) return failure(path, "is larger than 256 MiB");
  std::ifstream in(path, std::ios::binary);
  if (!in) return failure(path, reason());
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void write_file(const std::string& path, std::string_view text) {
  Output(path).write(text);
}

void make_folders(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw SetupError(fmt::format("cannot make the folder {}: {}", path, error.message()));
}

bool is_folder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::string file_name(const std::string& path) {
  return fs::path(path).filename().string();
}

std::string make_run_folder(const std::string& base, const std::string& name) {
  make_folders(base);
  const std::string path = make_new_folder(
      fmt::format("{}/{}-{:%Y%m%d-%H%M%S}", base, name, fmt::localtime(std::time(nullptr))));
  point_latest_at(path);
  return path;
}

std::string copy_folder(const std::string& from, const std::string& base) {
  const std::string path = make_new_folder(base + "/" + file_name(from));
  std::error_code error;
  fs::copy(from, path, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
  if (error) throw SetupError(fmt::format("cannot copy {} to {}: {}", from, path, error.message()));
  return path;
}

void remove_empty_run_folder(const std::string& path) {
  std::error_code error;
  if (!fs::remove(path, error)) return;
  std::map<fs::file_time_type, fs::path> left;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(path).parent_path(), error))
    if (entry.is_directory(error) && !entry.is_symlink(error))
      left[entry.last_write_time(error)] = entry.path();
  if (left.empty())
    remove_link(fs::path(path).parent_path() / latest_name);
  else
    point_latest_at(left.rbegin()->second);
}

TemporaryFolder::TemporaryFolder() {
  // It gets its name when it is locked, so that nobody finds it without an owner.
  std::string pattern = (fs::temp_directory_path() / ".sipharness.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    throw SetupError(fmt::format("cannot make a temporary folder: {}", reason()));
  path_ = pattern;
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0 || ::flock(lock_, LOCK_EX | LOCK_NB) != 0) return;
  const fs::path hidden(path_);
  const fs::path named = hidden.parent_path() / hidden.filename().string().substr(1);
  std::error_code error;
  fs::rename(hidden, named, error);
  if (!error) path_ = named.string();
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace sipharness::files
