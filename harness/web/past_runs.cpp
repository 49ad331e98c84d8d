#include "harness/web/past_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/files/files.hpp"

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

fs::path page_in(const fs::path& run) {
  return run / "report.html";
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
  const fs::path run = fs::path(folder) / name;
  if (!is_plain_folder(run) || !is_plain_file(page_in(run))) return std::nullopt;
  std::error_code error;
  const auto size = fs::file_size(page_in(run), error);
  if (error || size > largest_report) return std::nullopt;
  auto page = files::read_file(page_in(run).string());
  if (!page) return std::nullopt;
  return std::move(*page);
}

}  // namespace sipharness::web
