#include "harness/journal/left_out.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace sipharness::journal {
namespace {

/// What stands behind the last newline, of a file of any size; of a longer line its end.
std::string behind_last_newline(const std::string& path) {
  constexpr std::streamoff most = 65536;
  // What comes through a pipe has been read, and nothing would come again.
  if (!std::filesystem::is_regular_file(path)) return {};
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(size - most, 0));
  std::string end(static_cast<std::size_t>(std::min(size, most)), '\0');
  file.read(end.data(), static_cast<std::streamsize>(end.size()));
  return end.substr(end.rfind('\n') + 1);
}

}  // namespace

std::string describe_left_out(const std::string& path, const Journal& journal) {
  const std::string last = behind_last_newline(path);
  const bool is_cut = !last.empty() && !from_line(last, path);
  std::string text = is_cut ? "the journal's last line is cut: it is left out" : "";
  if (journal.empty()) text += is_cut ? ", and there is no other" : "the journal holds no entry";
  return text;
}

}  // namespace sipharness::journal
