#include "harness/web/past_runs.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace sipharness::web {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_runs = 200;
/// What a stream takes at once, a little less.
constexpr std::uintmax_t largest_report = 15UL * 1024 * 1024;

/// A file that is one itself, not a link to one.
bool is_plain_file(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::regular;
}

bool is_plain_folder(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::directory;
}

/// Of something directly in a folder.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

constexpr const char* page_name = "report.html";

fs::path page_in(const fs::path& run) {
  return run / page_name;
}

/// A descriptor, closed at the end; a negative one is none.
class Opened {
 public:
  explicit Opened(int number) : number_(number) {}
  ~Opened() {
    if (number_ >= 0) ::close(number_);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

/// What a descriptor gives, at most `size` bytes.
std::optional<std::string> read_all(const Opened& file, std::size_t size) {
  std::string text(size, '\0');
  std::size_t length = 0;
  while (length < size) {
    const ssize_t got = ::read(file.number(), text.data() + length, size - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  text.resize(length);
  return text;
}

/// A pipe in its place keeps nobody waiting.
std::optional<std::string> report_beneath(const Opened& run) {
  const Opened file(
      ::openat(run.number(), page_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const auto size = static_cast<std::uintmax_t>(status.st_size);
  if (size > largest_report) return std::nullopt;
  return read_all(file, size);
}

}  // namespace

std::vector<reports::PastRun> past_runs(const std::string& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;
    const fs::path& path = it->path();
    if (is_plain_folder(path) && is_plain_name(path.filename().string()))
      found.emplace_back(fs::last_write_time(path, gone), path);
  }
  std::ranges::sort(found, std::greater<>());
  found.resize(std::min(found.size(), most_runs));
  std::vector<reports::PastRun> runs;
  for (const auto& [time, path] : found)
    runs.push_back({path.filename().string(), is_plain_file(page_in(path))});
  return runs;
}

std::optional<std::string> report_of(const std::string& folder, std::string_view name) {
  if (folder.empty() || !is_plain_name(name)) return std::nullopt;
  const Opened runs(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const Opened run(::openat(runs.number(), std::string(name).c_str(),
                            O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  return report_beneath(run);
}

std::optional<std::string> report_in(const std::string& run_folder) {
  if (run_folder.empty()) return std::nullopt;
  return report_beneath(Opened(::open(run_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
}

std::uint64_t ReportWatch::version(const std::string& run_folder) {
  struct stat status {};
  if (run_folder.empty() || ::lstat(page_in(run_folder).c_str(), &status) != 0) return 0;
  std::string seen = fmt::format("{} {} {} {}", run_folder, status.st_ino, status.st_mtim.tv_sec,
                                 status.st_mtim.tv_nsec);
  if (seen != seen_) ++version_;
  seen_ = std::move(seen);
  return version_;
}

}  // namespace sipharness::web
